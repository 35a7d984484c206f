### 設定パネル: どの損失関数を、何を使って、どう走らせるか。設定ごとに、文の中での名前、パネルでの見出し、はたらき

panel-done = 閉じる
panel-restarting = やり直しています…
# すべての設定を開くボタン
setup-more = 損失関数 { $losses } 個、シード { $seeds } 個を変更…
panel-losses = 損失関数
panel-data = データ
panel-batches = バッチ
panel-network = ネットワーク
panel-training = 訓練

# 欄に入れられる値
accepted-range = { $least } から { $most } まで。
unit-steps = ステップ

## 出発点

experiment = 実験
experiment-own = 自分の設定
experiment-from-map = 地図から
compare-protocols = 何が変わる?
tune-all = 調整…
show-map = どの条件でどれが勝つ?

## パネルの損失関数

settings-of = { $loss } の設定
about-loss = { $loss } について

family-proxy = プロキシ
family-proxy-idea = サンプルを、クラスごとに学習するベクトルと比べます
family-softmax = Softmax
family-softmax-idea = 学習するクラスベクトルで分類します
family-pair = ペア
family-pair-idea = サンプルを 2 つずつ比べます
family-triplet = トリプレット
family-triplet-idea = アンカーを、正例と負例の両方と比べます

## いくつもある設定の、文の中での名前

name-of-layer = 隠れ層 { $number } の{ $name }
name-of-loss = { $number } 番目の損失関数の{ $name }
name-of-this-loss = { $number } 番目の損失関数 ({ $loss }) の { $name }
label-of-layer = 隠れ層 { $number } の{ $label }

## データ

setting-data-name = データセット
setting-data-label = データセット
setting-glyphs-classes-name = 訓練クラスの数
setting-glyphs-classes-label = 訓練クラスの数
setting-glyphs-classes-meaning = 訓練に使う文字の数です。成績は、ほかの文字で測ります。
setting-split-name = 数字の分け方
setting-split-label = 訓練に使う数字
setting-synthetic-classes-name = 合成データのクラス数
setting-synthetic-classes-label = クラス数
setting-synthetic-classes-meaning = かたまりの数です。一部は、成績を測るために残しておきます。
setting-input-name = 入力の次元
setting-input-label = 入力の次元
setting-input-meaning = 1 つのサンプルを表す数の個数です。
setting-per-class-name = クラスごとのサンプル数
setting-per-class-label = クラスごとのサンプル数
setting-per-class-meaning = 1 つのかたまりに入るサンプルの数です。
setting-spread-name = クラスの広がり
setting-spread-label = 広がり
setting-spread-meaning = クラスの中心からの標準偏差です。
setting-noise-name = ノイズ
setting-noise-label = ノイズ
setting-noise-meaning = クラスの情報をもたない次元の標準偏差です。
setting-data-seed-name = 合成データのシード
setting-label-noise-name = 誤ったラベルの割合
setting-label-noise-label = 誤ったラベル
setting-label-noise-meaning = 誤ったラベルをつけた訓練画像の割合です。
setting-shift-name = 訓練画像のずらし幅
setting-shift-label = 画像のずらし幅（画素）
setting-shift-meaning = 訓練画像を、ステップごとに、上下左右へこの画素数までランダムにずらします。

-digits-trap = 成績は、残りの 5 つの数字で測ります。ここには落とし穴があります。訓練していないネットワークでも成績がよく、訓練すると下がります。
option-split-seen-classes-label = 10 個すべて
option-split-seen-classes-meaning = 成績は、同じ 10 個の数字の、訓練に使わなかった画像で測ります。
option-split-train-low-label = 0–4
option-split-train-low-meaning = { -digits-trap }
option-split-train-high-label = 5–9
option-split-train-high-meaning = { -digits-trap }

## バッチ

setting-sampler-name = バッチの作り方
setting-sampler-label = バッチの作り方
option-sampler-shuffled-label = シャッフル
option-sampler-shuffled-meaning = すべての訓練画像をランダムな順に使います。
option-sampler-balanced-label = クラスをそろえる
option-sampler-balanced-meaning = クラスをランダムに選び、どのクラスからも同じ枚数を取ります。
setting-batch-name = バッチサイズ
setting-batch-label = バッチサイズ
setting-batch-meaning = 1 ステップの訓練に使う画像の枚数です。同じクラスの相手がいない画像も多くなります。
setting-batch-classes-name = バッチのクラス数
setting-batch-classes-label = バッチのクラス数
setting-batch-classes-meaning = 1 ステップの訓練に使うクラスの数です。
setting-batch-samples-name = バッチのクラスごとの枚数
setting-batch-samples-label = クラスごとの枚数
setting-batch-samples-meaning = どの画像にも、同じクラスの相手がいるようにします。
setting-memory-name = 前のバッチのメモリー
setting-memory-label = メモリーのバッチ数
setting-memory-meaning = ペアの損失関数は、この数だけ前のバッチとも、当時の埋め込みのまま比べます。0 なら使いません。1 ステップのペアは増えますが、ネットワークはその間に変わっています。
setting-memory-after-name = メモリーを使い始めるまでのステップ数
setting-memory-after-label = メモリーの開始
setting-memory-after-meaning = ネットワークがまだ速く変わる最初のステップでは、バッチを覚えません。
setting-mixup-name = 混合サンプルの重み
setting-mixup-label = ミックスアップ
setting-mixup-meaning = Contrastive と Multi-Similarity と Proxy Anchor は、2 つのサンプルを混ぜたものとも比べます。混ぜたものは、2 つのクラスに割合に応じて属します。バッチそのものに対する重みで、0 なら使いません。公開されている値は 0.4 です。

## ネットワーク

setting-net-name = ネットワークの種類
setting-net-label = ネットワーク
option-net-mlp-label = MLP
option-net-mlp-meaning = 全結合層だけのネットワークです。画素の並びや隣どうしの関係は、あらかじめ組み込まれていません。
option-net-conv5s2c16p2-label = 畳み込み（5×5、16チャネル）
option-net-conv5s2c16p2-meaning = 16 種類の小さなパターンを、2 画素おきに画像のあらゆる場所で探します。どこにどれだけあったかを、線形層で埋め込みに変えます。
option-net-conv6s3c32p2-label = 畳み込み（6×6、32チャネル）
option-net-conv6s3c32p2-meaning = 32 種類の小さなパターンを、3 画素おきに画像のあらゆる場所で探します。どこにどれだけあったかを、線形層で埋め込みに変えます。
setting-start-name = 出発点
setting-start-label = 出発点
option-start-scratch-label = はじめから
option-start-scratch-meaning = すべての重みを乱数から始めます。
option-start-pretrained-label = 事前学習済み
option-start-pretrained-meaning = 最初の層は、ほかの 50 文字で学習を済ませてあります。訓練に使えるのは残りの 150 文字です。埋め込み層は乱数から始めます。
setting-dim-name = 埋め込みの次元
setting-dim-label = 埋め込みの次元
setting-dim-meaning = 1 枚の画像を表す数の個数です。盤面には、その射影が出ます。
dim-too-small = これほど小さい空間では、多くのクラスを離しておけません。どの 2 つのクラスにも負のコサインを求めるプロキシの損失関数は、ここでは失敗します。
setting-hidden-name = 隠れ層の数
setting-hidden-label = 隠れ層の数
setting-hidden-meaning = 画像と埋め込みのあいだにある層の数です。
setting-width-name = 幅
setting-width-label = 幅
setting-width-meaning = この隠れ層のユニット数です。

## 訓練

setting-seeds-name = シードの数
setting-seeds-label = 損失関数ごとのシード数
setting-seeds-meaning = 損失関数ごとに、独立に走らせる回数です。2 回以上なら、信頼区間の帯が出ます。
setting-seed-name = 最初のシード
setting-steps-name = ステップ数
setting-steps-label = ステップ数
setting-steps-meaning = レースが終わるステップです。
setting-warmup-name = ウォームアップのステップ数
setting-warmup-label = ウォームアップ
setting-warmup-meaning = 学習率を、このステップ数をかけて 0 から上げていきます。
setting-decay-every-name = 学習率を減衰させる間隔
setting-decay-name = 学習率の減衰率
setting-weight-decay-name = 重み減衰
setting-weight-decay-label = 重み減衰
setting-weight-decay-meaning = ステップごとに、重みを 0 のほうへ引き戻します (AdamW)。
setting-clip-name = 勾配の上限
setting-clip-label = 勾配クリッピング
setting-clip-meaning = 勾配の各成分を ± この値に収めます。0 なら何もしません。

## 損失関数の学習率

setting-lr-name = 学習率
setting-lr-label = 学習率
setting-lr-meaning = ネットワークが 1 ステップで動く大きさです。すぐに反映されます。
setting-proxies-name = プロキシの学習率の倍率
setting-proxies-label = プロキシの倍率
setting-proxies-meaning = 学習するクラスベクトルの学習率を、ネットワークの学習率の何倍にするか。すぐに反映されます。
