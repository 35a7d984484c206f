### ページ全体: 題名、見出し、操作、使い方

-name = Kyori

site-title = Kyori 距離 – 距離学習の損失関数を競走させる
site-description = 距離学習の損失関数が、ブラウザの中で並んで学習します。Proxy Anchor、Proxy-NCA、トリプレット、Multi-Similarity など。WebGPU でも CPU でも動きます。
tagline = 距離学習の損失関数が、ブラウザの中で競います。見たことのない文字を、いちばんよく、早く見分けるのはどれでしょうか。

# 並べるときの区切り
list-next = 、
list-last = 、

close = 閉じる
copied = コピーしました。
copy-refused = ブラウザがコピーを許可しませんでした。

## 見出し

settings = 設定
help = 使い方
language = 言語
colours-as-system = 配色: システムに合わせる
colours-light = 配色: 明るい
colours-dark = 配色: 暗い
colours-change = { $now }。切り替える

## 操作

transport = 学習の操作
play = 開始
play-hint = スペースキー
pause = 一時停止
race-again = もう一度
step = 1 ステップ
step-hint = すべての損失関数を 1 ステップだけ学習します
reset = 最初に戻す
reset-hint = 同じ初期値のまま、ステップ 0 に戻します
new-seed = 別のシード
new-seed-hint = 初期値とバッチを変えます (今のシードは { $seed })
speed = 速さ
speed-unlimited = できるだけ速く
speed-limited = 毎秒 { $speed } ステップ
pause-at = 止めるステップ
race-progress = 学習の進み具合
of-steps = / { $steps } ステップ
of-tuning = (調整中)
show-tuning = 表示
engine-starting = エンジンを起動しています
loading-parts = { $parts }を読み込んでいます: { $size }
engine-cpu = エンジン (CPU)
engine-webgpu = エンジン (WebGPU)
data-set = データセット
megabytes = { NUMBER($size, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB
megabytes-of = { NUMBER($whole, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB 中 { NUMBER($size, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB

## タイムライン: 学習の経過をさかのぼる

timeline = タイムライン
timeline-moment = 表示する時点
timeline-at = ステップ { $step } / { $steps }
timeline-replay = 再生
timeline-stop = 再生を止める
timeline-speed = 再生の速さ
timeline-speed-is = { $speed } 倍
timeline-live = 最新
timeline-live-hint = 最新のステップを表示し、学習に追従します
film-opening = このレースを前もって記録したものです。「開始」を押すと、ご自分のブラウザで学習が始まります。
film-file = ファイルから開いた記録です。「開始」を押すと、同じレースをご自分で学習できます。
film-opened = 開きました。

## 読み上げ

status-reset = 同じ初期値のまま、ステップ 0 に戻しました。
status-new-seed = 初期値とバッチを変えました。シードは { $seed } です。
status-paused = ステップ { $step } で一時停止しました。
status-training = 学習しています。
status-finished = { $steps } ステップの学習が終わりました。
status-verdict = { $finished }{ $verdict }
status-stopped = ステップ { $step } で止まりました。
status-tuning = 調整を始めました。損失関数ごとに { $trials } 回試します。
status-tuned = 調整が終わりました。
status-tuning-stopped = 調整を中止しました。レースはステップ 0 に戻りました。
status-tuning-applied = いちばんよい設定にしました。「開始」を押すと、その設定で競走します。
status-lane-stopped = { $loss }: ステップ { $step } で損失が有限の数でなくなりました。曲線はそこで終わります。ほかの損失関数は続きます。
status-checked = 計算を確かめました。{ $cases } 件のうち { $agree } 件が一致しました。

## 使い方

help-title = これは何ですか
help-idea = ネットワークは、同じ文字の画像が近くに集まるように、画像の置き場所を学習します。「近くに集まる」とは何かを教えるのが損失関数です。ここでは、いくつもの損失関数が、同じネットワークを、同じ初期値から、同じバッチで、同時に学習させます。
help-scores = 成績は、学習に使っていない文字で測ります。<b>Recall@1</b>: いちばん近い画像が同じ文字である割合です。<b>MAP@R</b>: 同じ文字の画像が、ほかの文字より前に並んでいる度合いです。<b>R-precision</b>: 近い順に R 枚 (R は同じ文字のほかの画像の枚数) を見たとき、同じ文字である割合です。
help-play = <b>開始</b> (スペースキーでも) を押すと、このブラウザの中で学習が始まります。データが外に送られることはありません。
help-losses = <b>損失関数</b>とその設定は、設定パネルにあります。学習率はすぐに変わります。ほかの設定を変えると、レースは最初からになります。
help-pictures = <b>図</b>は 64 次元の地図です。近いものは近くに置かれますが、島どうしの距離に意味はありません。「主成分」は射影で、分散の一部だけを見せます。画像を指すと、その文字がわかります。
help-seeds = <b>シード</b>を増やすと、初期値とバッチを変えた学習が 1 本ずつ増えます。線はその平均、帯は 95% 信頼区間です。シードが 1 つのときは帯がなく、優劣は言えません。
help-protocols = <b>同じ調整回数</b>: どの損失関数も、同じ回数だけ試して設定を決めました。<b>各論文の設定</b>: それぞれ、その著者の設定を使います。<b>Proxy Anchor のスクリプトの設定</b>: それぞれ、そのスクリプトの設定を使います。
help-tightness = <b>まとまり</b>: あるクラスの画像が、その中心からどれだけ離れているかです。小さいほど、よくまとまっています。<b>ひろがり</b>: 全体がどれだけ互いに離れているかです。どの損失関数も、softmax 交差エントロピーでさえ、両方に働きます。
map-cell-idea = どの損失も、この条件のもとで同じ回数だけ調整した設定です。
