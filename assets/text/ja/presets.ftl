### 出発点になる実験: 題名と、そこで見られること

preset-paper-title = 論文と同じ比率のレース
preset-paper-about = 100 クラスからの 180 枚のバッチで、Proxy Anchor の論文と同じ比率です。バッチには各クラスの画像が 2 枚ほどあり、プロキシはそれらを比べて重みを付けられます。
preset-batch-60-title = 小さなバッチ
preset-batch-60-about = 200 クラスから 60 枚をランダムに取ります。4 枚に 3 枚は、バッチの中に相手がいません。ペアには学ぶ材料が少なく、プロキシはどのステップでも全クラスの代わりをします。
preset-batch-360-title = 大きなバッチ
preset-batch-360-about = 200 クラスから 360 枚をランダムに取ります。ほとんどの画像に相手がいて、ペアの損失関数が息を吹き返します。
preset-balanced-title = クラスをそろえたバッチ
preset-balanced-about = 30 クラスから 3 枚ずつ取ります。どの画像にも、バッチの中に相手が 2 枚います。
preset-few-classes-title = 20 クラス
preset-few-classes-about = クラスが少ないので、ネットワークはそれを丸暗記します。いちばんよい瞬間は早く来ます。
preset-noisy-title = 誤ったラベル
preset-noisy-about = 10 枚に 3 枚はラベルが誤っています。それでもクラスを見つけるのは、どの損失関数でしょうか。
preset-pretrained-title = 事前学習からの出発
preset-pretrained-about = 論文と同じ比率のレースですが、最初の層はほかの文字をすでに学んでいます。論文のネットワークが写真を学んでいたのと同じです。それでも損失関数で差が付くでしょうか。
preset-flat-title = 2 次元
preset-flat-about = 埋め込みの全体が円周に載ります。円周では、互いに背を向けられる方向は 3 つまでです。Proxy Anchor は、それをすべてのクラスに求めます。
preset-digits-title = 5 つの数字
preset-digits-about = 0 から 4 で訓練し、5 から 9 で測ります。クラスが少なすぎて、訓練すると未知クラスの成績が下がります。
preset-ablation-title = Proxy Anchor はなぜ速いのか
preset-ablation-about = Proxy Anchor から Proxy-NCA まで、1 つ前の損失関数の設定のまま、1 つずつ変えていきます。samples alike では、プロキシがサンプルを難しさで重み付けするのをやめます。by sample では、1 つのプロキシのサンプルどうしではなく、1 つのサンプルのプロキシどうしが競います。CosFace では、マージンはそのままで、引く力と押す力が 1 つの対数にまとまります。normalised softmax にはマージンがありません。Proxy-NCA++ は Proxy-NCA の温度です。Proxy-NCA では、プロキシの 1 歩が小さくなります。

## 損失関数の設定の出典

source-default = pytorch-metric-learning 2.9.0 の既定値。このライブラリにない損失関数では、論文の値
source-not-tuned = この損失関数では調整していません。小さなネットワークをはじめから訓練するときに合う学習率です
source-one-rate = すべてに同じ学習率
source-one-rate-for-all = どの損失関数にも同じ学習率 (畳み込みがあれば .01、なければ .002)。公開されている 1e-4 は事前学習済みネットワークのための値で、はじめから訓練する小さなネットワークはほとんど動きません
source-own-proxy-anchor-step = クラスベクトルの学習率は .0088 で、公開コードの .01 に近い値です。最初の 1 歩は、初期ベクトルの標準偏差の .07 倍で、Proxy Anchor の公開コードと同じです (100 クラスで .141 に対して .01、ここでは .125)
source-own-proxy-nca-rate = 調べた資料には、プロキシだけの学習率がありません。すべてに同じ学習率
source-own-proxy-nca-scale = Proxy-NCA++ の公開コードの loss.py にある ProxyNCA_classic。ベクトルの長さが 3 なので、二乗距離の 9 倍です。ICCV の論文の本文は読み直していません
source-own-fast-proxies = 著者のコードの config/cub.json では、プロキシが 4e2、ネットワークが 4e-3 で、Adam の epsilon が 1 です。そこでは 1 歩が勾配の大きさに従い、この倍率は AdamW に移せないので、Proxy Anchor の相対的な 1 歩を使います
source-own-proxy-nca-plus-plus = 著者のコードの loss.py と config/cub.json。ベクトルの長さが 3 なので、T は 1/9
source-own-soft-triple-step = 著者のコードの train.py。modellr .0001 に対して centerlr .01。最初の 1 歩は、大きくても初期ベクトルの標準偏差の .54 倍で (中心 980 個で .0184 に対して .01)、ここでは .125 に対して .068 です。著者の epsilon .01 では、これより小さくなります
source-own-soft-triple = 著者のコードの train.py
source-multi-similarity-paper = 論文 (arXiv 1904.06627)
source-multi-similarity-code = 著者のコードの損失関数の thresh
source-plain-cross-entropy = ふつうの交差エントロピー。すべてに同じ学習率
source-potential-field-paper = arXiv 2405.18560 の実装の説明。プロキシの学習率はネットワークの 100 倍
source-published-code = Proxy Anchor の公開コードの losses.py
source-published-code-and-paper = Proxy Anchor の公開コードの losses.py。arXiv 1904.06627
source-proxy-anchor-paper = arXiv 2003.13911 の 4.2 節
source-published-factor = Proxy Anchor の公開コードの train.py。この損失関数のプロキシだけ、--lr の 100 倍です。そこでは .01 で、初期ベクトルの標準偏差の .07 倍です。ここでは同じ割合になる .0088 です
source-kinder-than-published = Proxy Anchor の公開コードの train.py は、Proxy Anchor のプロキシしか最適化せず、Proxy-NCA のプロキシは初期値のままです。ネットワークと同じように学習させるほうが公平です
tuned-by = <code>{ $command }</code> によるランダムな試行 { $trials } 回のうち、いちばんよいもの
