### 出発点になる実験: 題名と、そこで見られること

preset-default-title = レース
preset-default-about = 200 クラスから 60 枚をランダムに取るバッチです。プロキシは、どのステップでも全クラスを見ます。ペアが見るのは、バッチにあるクラスだけです。
preset-balanced-title = クラスをそろえたバッチ
preset-balanced-about = 30 クラスから 3 枚ずつ取ります。どの画像にも相手がいるので、ペアの損失関数がいちばん速く立ち上がります。
preset-few-classes-title = 20 クラス
preset-few-classes-about = 学習に使うクラスが少ないと、プロキシのリードがなくなります。
preset-flat-title = 2 次元
preset-flat-about = 埋め込みの全体が円周に載ります。Proxy Anchor は、どのクラスにも、ほかのすべてのクラスから向きを背けるように求めます。円周の上でそれができるのは 3 クラスまでです。古くからの損失関数が学べるところで、Proxy Anchor は失敗します。
preset-noisy-title = 誤ったラベル
preset-noisy-about = 10 枚に 3 枚はラベルが誤っています。それでもクラスを見つけるのは、どの損失関数でしょうか。
preset-digits-title = 5 つの数字
preset-digits-about = 0 から 4 で訓練し、5 から 9 で測ります。クラスが少なすぎて、訓練すると未知クラスの成績が下がります。

## 損失関数の設定の出典

source-default = pytorch-metric-learning 2.9.0 の既定値。このライブラリにない損失関数では、論文の値
source-not-tuned = この損失関数では調整していません。小さなネットワークをはじめから訓練するときに合う学習率です
source-one-rate = すべてに同じ学習率
source-one-rate-for-all = どの損失関数にも同じ学習率。公開されている 1e-4 は事前学習済みネットワークのための値で、はじめから訓練する小さなネットワークはほとんど動きません
source-plain-cross-entropy = ふつうの交差エントロピー。すべてに同じ学習率
source-potential-field-paper = arXiv 2405.18560 の実装の説明。プロキシの学習率はネットワークの 100 倍
source-published-code = Proxy Anchor の公開コードの losses.py
source-published-code-and-paper = Proxy Anchor の公開コードの losses.py。arXiv 1904.06627
source-proxy-anchor-paper = arXiv 2003.13911 の 4.2 節
source-published-factor = Proxy Anchor の公開コードの train.py。この損失関数のプロキシだけ、--lr の 100 倍です
source-kinder-than-published = Proxy Anchor の公開コードの train.py は、Proxy Anchor のプロキシしか最適化せず、Proxy-NCA のプロキシは初期値のままです。ネットワークと同じように学習させるほうが公平です
tuned-by = <code>{ $command }</code> によるランダムな試行 { $trials } 回のうち、いちばんよいもの
