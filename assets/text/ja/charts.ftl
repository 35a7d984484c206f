### 測るものと、その図: 名前、軸、凡例、読み方、読み上げ

## 指標

measure-recall_at_1-name = Recall@1
measure-recall_at_1-meaning = いちばん近い画像が同じクラスである割合です。
measure-r_precision-name = R-precision
measure-r_precision-meaning = 近い順に R 枚 (R は同じクラスのほかの画像の枚数) のうち、同じクラスの割合です。
measure-map_at_r-name = MAP@R
measure-map_at_r-meaning = 同じクラスの画像が、ほかのすべてより前に並んでいる度合いです。
measure-tightness-name = まとまり
measure-tightness-meaning = 正規化した埋め込みと、そのクラスの平均との距離の 2 乗の平均です。
measure-contrast-name = ひろがり
measure-contrast-meaning = 正規化した 2 つの埋め込みの距離の 2 乗の平均です。埋め込みの平均が 0 になるだけで、ほぼ最大の 2 になります。
measure-log_distance-name = 対数距離の平均
measure-log_distance-meaning = 正規化した 2 つの埋め込みの距離の 2 乗の対数の平均です。埋め込みが重なると下がり、すべての方向がかたよりなく使われると高くなります。

## 何で測るか

measured-on-unseen = 未知クラス
measured-on-held-out = 学習に使わない画像

## 横軸: 選ぶときの短い名前と、軸の題

axis-steps = ステップ
axis-seconds = 秒
axis-samples = 枚数
axis-title-steps = ステップ
axis-title-seconds = シードごとの学習時間 (秒)
axis-title-samples = 学習に使った枚数
# 秒を横軸にした図の下に出す、秒の説明
seconds-are = 秒は、この端末で損失関数の学習にかかった時間をシードの数で割ったものです。評価の時間は含みません。同時に学習する損失関数は互いに遅くし合うので、秒の小さな差からは何も言えません。ステップなら正確に比べられます。
axis-title-measure = { $measure } ({ $scored_on })

## 図の名前と読み方

chart-curves-label = 曲線
chart-reach-label = 水準に届くまで
chart-reach-caption = 印は、損失関数が水準に届き、最後まで保てるようになったところです。半分以上のシードが届いたときの、届いたシードの平均です。水準は決まった値ですが、最高値の 90% は顔ぶれによって変わります。
chart-plane-label = まとまりとひろがり
chart-plane-caption = 輪から矢印へ進みます。左ほどクラスがよくまとまり、上ほど全体がひろがっています。
chart-log-plane-label = まとまりと対数距離
chart-log-plane-caption = 輪から矢印へ進みます。左ほどクラスがよくまとまり、上ほど方向がかたよりなく使われています。
chart-ratio-label = まとまり ÷ ひろがりと MAP@R
chart-ratio-caption = 輪から矢印へ進みます。左ほど、ひろがりに対してクラスがよくまとまり、上ほど近くの画像が正しくなります。比の 2 倍は、散らばりのうちクラスの中にある割合です。
chart-budget-label = 調整しなければ、どれが勝つか
chart-budget-caption = ランダムな試行が何回分の価値を持つかです。検証クラスでの最高の成績の期待値で、調整をくり返した平均です。このレースの値ではありません。

# 描かれた道筋が、最初の評価から今までにどう動いたか
plane-told = 最初の評価から最後の評価までに、{ $losses } の損失関数のうち、まとまりの値は { $fell } で下がり、ひろがりは { $rose } で上がりました。
log-plane-told = 最初の評価から最後の評価までに、{ $losses } の損失関数のうち、まとまりの値は { $fell } で下がり、対数距離の平均は { $rose } で上がりました。
ratio-told = 最初の評価から最後の評価までに、{ $losses } の損失関数のうち、比は { $fell } で下がり、MAP@R は { $rose } で上がりました。
ratio-ends = 今、比がいちばん小さいのは { $smallest }、MAP@R がいちばん高いのは { $best } です。
ratio-ends-same = 今、比がいちばん小さく、MAP@R がいちばん高いのは、どちらも { $loss } です。

## 図のまわり

charts = { $scored_on }での収束
charts-heading = { $scored_on }での成績
charts-choice = 図
charts-measure = 指標
charts-axis = 横軸
charts-log = 対数
charts-each-seed = シードごと
hint-preparing = エンジンの準備ができると、ここに曲線が出ます。
hint-empty = 「設定」で損失関数を選ぶと、ここに曲線が出ます。
hint-playing = 学習しています。次に測ったところから、曲線が始まります。
hint-play = 「開始」を押すと、見たことのないものでの成績が、損失関数ごとに曲線になります。

## 図の中

# 空の図の真ん中
curves-empty = 「開始」を押すと、ここに曲線が出ます
reach-empty = 「開始」を押すと、ここに時間が出ます
paths-empty = 「開始」を押すと、ここに道筋が出ます
trials-empty = ここに試行が出ます
at-step = ステップ { NUMBER($step, maximumFractionDigits: 0) }
at-seconds = 学習 { NUMBER($seconds, minimumFractionDigits: 1, maximumFractionDigits: 1) } 秒
at-samples = { $samples } 枚
at-point = { $loss }、{ $step }
ratio-is = 比 { $ratio }
ratio-axis = まとまり / ひろがり
level-is = { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) }
share-is = { NUMBER($percent, maximumFractionDigits: 0) }%
share-of-the-best = 最高値の { NUMBER($percent, maximumFractionDigits: 0) }%
# まだ届いていない線。$lines は 0.40, 90% など
reach-never = { $lines } に届かず
reach-not-yet = { $lines } はまだ
reach-hollow = 白抜き: 届いたシードの数
trial-is = { $loss }: { $settings }
trial-failed = { $trial } (有限の数でなくなりました)
learning-rate-axis = 学習率

## 読み上げ

curves-aria = { $scored_on }での { $measure }。横軸は{ $axis }、曲線は { $curves } 本です。矢印キーで値を読めます。最新の値の表が続きます。
curves-table = { $scored_on }での最新の { $measure }
reach-aria = 水準に届いて最後まで保てるまで。単位は{ $axis }です。損失関数ごとの表が続きます。
reach-table = 水準に届いて最後まで保てるまで。単位は{ $axis }、届いたシードの平均 ± 95% 信頼区間
plane-aria = まとまりとひろがりの平面を、損失関数が通る道筋です。矢印キーで点から点へ移ります。最新の値の表が続きます。
log-plane-aria = まとまりと対数距離の平面を、損失関数が通る道筋です。矢印キーで点から点へ移ります。最新の値の表が続きます。
ratio-aria = 損失関数ごとの、まとまりとひろがりの比と MAP@R です。矢印キーで点から点へ移ります。最新の値の表が続きます。
paths-table = 最新のまとまり、ひろがり、MAP@R
trials-aria = すべての試行の学習率と{ $score }です。矢印キーで試行から試行へ移ります。いちばんよい試行の表が続きます。
trials-table = 損失関数ごとのいちばんよい試行
column-loss = 損失関数
column-steps = ステップ
column-mean = 平均 ± 95% 信頼区間
column-diverged = 発散した数
column-tightness = まとまり
column-contrast = ひろがり
column-log-distance = 対数距離
column-trials = 試行
column-best = いちばんよい成績
column-rate = 学習率
column-settings = 設定
cell-ended = 終了
cell-never = 届かず
cell-not-yet = まだ
cell-few = { $seeds } シード中 { $reached }
cell-seeds = { $time } ({ $seeds } シード中 { $reached })

## 地図

map-corner = クラス ↓ バッチ →
map-cell-fastest = { $sampler }、バッチ { $batch }、{ $classes } クラス: { $loss } がいちばん速い。{ $detail } この実験を読み込みます。
map-cell-ahead = { $sampler }、バッチ { $batch }、{ $classes } クラス: { $loss } が先だが、差があるとは言えない。{ $detail } この実験を読み込みます。

## 書き出し

export = 書き出し
export-what = 書き出し: 曲線、図、スクリプト、リンク
export-csv = 曲線 (CSV)
export-json = 曲線と設定 (JSON)
export-film = 学習の記録 (.kyori)
open-film = 記録を開く…
export-chart-png = 図 (PNG)
export-chart-svg = 図 (SVG)
export-board-png = 散布図 (PNG)
export-board-svg = 散布図 (SVG)
export-python = Python スクリプト (pytorch-metric-learning)
export-link = リンクをコピー
export-data = スクリプト用のデータ ({ $file })

## 試行の回数と成績

budget-aria = 試行の回数ごとの、各損失関数の最高の成績の期待値。矢印キーで点から点へ移ります。表が続きます。
budget-empty = この条件では、これらの損失関数を調整していません
budget-x = ランダムな試行の回数
budget-y = レース全体の { $measure } の平均 (検証クラス)
budget-point = { $loss }、試行 { $trials } 回
budget-trials = 試行 { $trials } 回
