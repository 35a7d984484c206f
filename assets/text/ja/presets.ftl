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
