### 損失関数: 考え方、アンカー、計算量、0 になるとき、記号と設定の意味

## いくつもの損失関数に共通の説明

-zero-all-pairs-placed = 正例のペアがすべてマージンより近く、負例のペアがすべてマージンより遠いとき。または、バッチにペアがないとき。
-distance-of-samples = 正規化した埋め込み i と j の距離 (0 から 2)
-mean-of-nonzero = 0 でない項の平均
-positive-part = 正なら x、そうでなければ 0
-anchor-with-both = バッチに正例も負例もあるサンプルです。
-triplet-members = アンカー、正例 (同じクラス)、負例 (違うクラス)
-distance-of-two = 正規化した 2 つの埋め込みの距離 (0 から 2)
-triplet-margin = 正例が負例よりどれだけ近くなければならないか。
-triplet-swap = 負例と正例の距離のほうが小さければ、負例の距離としてそれを使います。
-triplet-smooth = 滑らかなヒンジ log(1 + e^x)。マージンを満たしたトリプレットも少しだけ効きます。
-positives = i の正例: バッチにある、同じクラスのほかのサンプル
-negatives = i の負例: バッチにある、違うクラスのサンプル
-log-sum-exp = 指数の和の対数 (滑らかな最大値)。項がなければ 0
-negative-far-enough = 負例がこの距離より遠くなると、あまり効かなくなります。
-cosine-of-samples = サンプル i と j のコサイン
-mined-positives = i の正例: 同じクラスのほかのサンプル (マイニングをするなら、残ったもの)
-mined-negatives = i の負例: 違うクラスのサンプル (マイニングをするなら、残ったもの)
-pull-sharpness = いちばん遠い正例に、引く力をどれだけ集めるか。
-push-sharpness = いちばん近い負例に、押す力をどれだけ集めるか。
-cosine-base = 正例が上回り、負例が下回ってほしいコサインです。
-anchor-with-positive = バッチに正例があるサンプルです。
-zero-no-pairs = バッチに正例か負例のペアがないとき。
-anchor-and-proxies = バッチのすべてのサンプルを、すべてのプロキシと比べます。
-distance-to-proxy = 正規化したサンプルと正規化したプロキシの距離
-embedding-of-sample = クラス y_i のサンプル i の埋め込み
-proxy-of-class = クラス c のプロキシ
-class-of-sample = サンプル i のクラス
-anchor-and-weights = バッチのすべてのサンプルを、すべてのクラスの重みと比べます。
-zero-margin-kept = どのサンプルも、ほかのすべてのクラスにマージンより大きく勝てば、丸めて 0 になります。クラスが 1 つのときも 0 です。
-angle-to-weight = サンプル i とクラス c の重みベクトルの角度
-softmax-sharpness = softmax の鋭さです。
-cosine-of-query = サンプル q と i のコサイン
-soft-step = 0 から 1 への滑らかな段差 1 / (1 + e^−x)
-rank-softness = 順位の滑らかさです。コサインの差がこれよりずっと大きいサンプルは、勾配をもちません。

## Contrastive

loss-contrastive-idea = 同じクラスのペアを引き寄せ、違うクラスのペアを、マージンだけ離れるまで遠ざけます。
loss-contrastive-anchor = アンカーはありません。ペアの 2 枚を対等に扱います。
loss-contrastive-cost = O(B²)
loss-contrastive-zero = { -zero-all-pairs-placed }
loss-contrastive-symbol-1 = { -distance-of-samples }
loss-contrastive-symbol-2 = { -mean-of-nonzero }
loss-contrastive-symbol-3 = { -positive-part }
loss-contrastive-param-pos_margin = これより近い正例のペアは、十分近いとみなします。
loss-contrastive-param-neg_margin = これより遠い負例のペアは、十分遠いとみなします。

## SNR contrastive

loss-snr-contrastive-idea = Contrastive で、距離の代わりに、アンカーの信号に対する雑音の比を使います。
loss-snr-contrastive-anchor = 分散が信号になる側のサンプルです。どのペアも両方の向きで数えます。
loss-snr-contrastive-cost = O(B²)
loss-snr-contrastive-zero = { -zero-all-pairs-placed }
loss-snr-contrastive-symbol-1 = サンプル i の正規化した埋め込み
loss-snr-contrastive-symbol-2 = 雑音と信号の比。var はベクトルの要素の分散
loss-snr-contrastive-symbol-3 = { -mean-of-nonzero }
loss-snr-contrastive-symbol-4 = { -positive-part }
loss-snr-contrastive-param-pos_margin = 比がこれより小さい正例のペアは、十分近いとみなします。
loss-snr-contrastive-param-neg_margin = 比がこれより大きい負例のペアは、十分遠いとみなします。

## Triplet

loss-triplet-idea = どのアンカーも、どの正例にも、どの負例よりマージンの分だけ近くなるようにします。
loss-triplet-anchor = { -anchor-with-both }
loss-triplet-cost = O(B³)
loss-triplet-zero = マージンを破るトリプレットがもうないとき。または、バッチにトリプレットがないとき。同じクラスの 2 枚と、違うクラスの 1 枚が必要です。
loss-triplet-symbol-1 = { -triplet-members }
loss-triplet-symbol-2 = { -distance-of-two }
loss-triplet-symbol-3 = { -mean-of-nonzero }
loss-triplet-param-margin = { -triplet-margin }
loss-triplet-param-swap = { -triplet-swap }
loss-triplet-param-smooth_loss = { -triplet-smooth }

## Triplet, semi-hard

loss-triplet-semi-hard-idea = Triplet で、正例より遠いけれども、まだマージンの分は離れていない負例を使います。
loss-triplet-semi-hard-anchor = バッチに正例があり、それより少し遠いところに負例があるサンプルです。
loss-triplet-semi-hard-cost = O(B³)
loss-triplet-semi-hard-zero = 正例のすぐ外側に負例がないとき。負例は正例より近いか、マージンより離れています。クラスの多い小さなバッチでは、正例がまったくないこともよくあります。
loss-triplet-semi-hard-symbol-1 = { -triplet-members }
loss-triplet-semi-hard-symbol-2 = { -distance-of-two }
loss-triplet-semi-hard-symbol-3 = { -mean-of-nonzero }
loss-triplet-semi-hard-param-margin = { -triplet-margin }
loss-triplet-semi-hard-param-swap = { -triplet-swap }
loss-triplet-semi-hard-param-smooth_loss = { -triplet-smooth }
loss-triplet-semi-hard-param-miner_margin = 正例よりどれだけ遠い負例まで使うか。

## Triplet, batch-hard

loss-triplet-batch-hard-idea = Triplet で、アンカーごとに、いちばん遠い正例といちばん近い負例だけを使います。
loss-triplet-batch-hard-anchor = バッチに正例も負例もあるサンプルです。トリプレットは 1 つずつです。
loss-triplet-batch-hard-cost = O(B²)
loss-triplet-batch-hard-zero = どのアンカーでも、いちばん遠い正例が、いちばん近い負例よりマージンの分だけ近いとき。または、正例と負例の両方をもつアンカーがないとき。すべての埋め込みが 1 点に集まると、値は m、勾配は 0 になります。
loss-triplet-batch-hard-symbol-1 = { -triplet-members }
loss-triplet-batch-hard-symbol-2 = { -distance-of-two }
loss-triplet-batch-hard-symbol-3 = { -mean-of-nonzero }
loss-triplet-batch-hard-param-margin = { -triplet-margin }
loss-triplet-batch-hard-param-swap = { -triplet-swap }
loss-triplet-batch-hard-param-smooth_loss = { -triplet-smooth }

## Margin

loss-margin-idea = 境目になる距離 β があります。正例は β − m より近く、負例は β + m より遠くなるようにします。
loss-margin-anchor = { -anchor-with-both }
loss-margin-cost = O(B²)
loss-margin-zero = 正例がすべて β − m より近く、負例がすべて β + m より遠いとき。または、バッチにトリプレットがないとき。
loss-margin-symbol-1 = { -triplet-members }
loss-margin-symbol-2 = { -distance-of-two }
loss-margin-symbol-3 = 0 でない項の数 (正例と負例を合わせて)
loss-margin-symbol-4 = { -positive-part }
loss-margin-param-margin = 正例と負例のすきまの、幅の半分です。
loss-margin-param-beta = 近いと遠いの境目です。

## N-pair

loss-n-pair-idea = クラスごとにアンカーと正例を 1 枚ずつ取り、アンカーが、全クラスの正例の中から自分の正例を見つけるようにします。
loss-n-pair-anchor = バッチに 2 枚以上あるクラスの、最初の 1 枚です。
loss-n-pair-cost = O(B²)
loss-n-pair-zero = 2 枚あるクラスがバッチに 2 つないとき。見分ける相手がいません。
loss-n-pair-symbol-1 = クラス c のバッチで最初の 1 枚
loss-n-pair-symbol-2 = クラス c のバッチで 2 番目の 1 枚
loss-n-pair-symbol-3 = 2 つの埋め込みのコサイン

## Lifted structure

loss-lifted-structure-idea = 正例のペアが、その 2 枚のすべての負例と一度に競います。
loss-lifted-structure-anchor = アンカーはありません。正例のペアの 2 枚が、それぞれの負例を連れてきます。
loss-lifted-structure-cost = O(B²)
loss-lifted-structure-zero = バッチに正例か負例のペアがないとき。または、どの正例のペアも、負例の滑らかな最小値が求めるより近いとき。
loss-lifted-structure-symbol-1 = { -distance-of-samples }
loss-lifted-structure-symbol-2 = 負例 k から、i と j のうち k を負例とするほうまでの距離
loss-lifted-structure-symbol-3 = { -positives }
loss-lifted-structure-symbol-4 = i の負例と j の負例。両方に入るサンプルは 2 回数える
loss-lifted-structure-symbol-5 = { -log-sum-exp }
loss-lifted-structure-param-neg_margin = { -negative-far-enough }
loss-lifted-structure-param-pos_margin = 正例のペアがこの距離より近ければ、十分とみなします。

## Generalised lifted structure

loss-generalised-lifted-structure-idea = アンカーごとに、滑らかに選んだいちばん遠い正例が、滑らかに選んだいちばん近い負例より近くなるようにします。
loss-generalised-lifted-structure-anchor = バッチのサンプルが 1 枚ずつアンカーになり、そのすべての正例と負例を使います。
loss-generalised-lifted-structure-cost = O(B²)
loss-generalised-lifted-structure-zero = バッチが 1 枚だけのとき。または、どのアンカーでも、滑らかに選んだいちばん遠い正例が、滑らかに選んだいちばん近い負例より近いとき。
loss-generalised-lifted-structure-symbol-1 = { -distance-of-samples }
loss-generalised-lifted-structure-symbol-2 = { -positives }
loss-generalised-lifted-structure-symbol-3 = { -negatives }
loss-generalised-lifted-structure-symbol-4 = { -log-sum-exp }
loss-generalised-lifted-structure-symbol-5 = { -positive-part }
loss-generalised-lifted-structure-param-neg_margin = { -negative-far-enough }
loss-generalised-lifted-structure-param-pos_margin = 正例がこの距離より近ければ、十分とみなします。

## Multi-Similarity

loss-multi-similarity-idea = ペア自身の難しさと、同じアンカーのほかのペアと比べた難しさで、ペアに重みをつけます。
loss-multi-similarity-anchor = バッチのサンプルが 1 枚ずつアンカーになり、ほかのすべてと比べます。
loss-multi-similarity-cost = O(B²)
loss-multi-similarity-zero = バッチにペアがないとき、つまり 1 枚だけのときに限ります。そうでなければ、小さくなるだけです。
loss-multi-similarity-symbol-1 = { -cosine-of-samples }
loss-multi-similarity-symbol-2 = { -mined-positives }
loss-multi-similarity-symbol-3 = { -mined-negatives }
loss-multi-similarity-param-alpha = { -pull-sharpness }
loss-multi-similarity-param-beta = { -push-sharpness }
loss-multi-similarity-param-base = { -cosine-base }

## Multi-Similarity + miner

loss-multi-similarity-mined-idea = Multi-Similarity を、同じアンカーの反対側のいちばん難しいペアより、さらに難しいペアだけで計算します。
loss-multi-similarity-mined-anchor = バッチに正例も負例もあるサンプルです。
loss-multi-similarity-mined-cost = O(B²)
loss-multi-similarity-mined-zero = マイニングでペアが 1 つも残らないとき。どのアンカーでも、正例が負例より ε 以上近いか、正例か負例がありません。
loss-multi-similarity-mined-symbol-1 = { -cosine-of-samples }
loss-multi-similarity-mined-symbol-2 = { -mined-positives }
loss-multi-similarity-mined-symbol-3 = { -mined-negatives }
loss-multi-similarity-mined-param-alpha = { -pull-sharpness }
loss-multi-similarity-mined-param-beta = { -push-sharpness }
loss-multi-similarity-mined-param-base = { -cosine-base }
loss-multi-similarity-mined-param-epsilon = 反対側のいちばん難しいペアより、どれだけやさしいペアまで残すか。

## NCA

loss-nca-idea = サンプルは、近いものほど選びやすいくじで、近傍を 1 つ選びます。損失は、自分のクラスを選びにくい度合いです。
loss-nca-anchor = { -anchor-with-positive }
loss-nca-cost = O(B²)
loss-nca-zero = どのサンプルにもバッチに正例がないとき。または、すべてのサンプルが同じクラスのとき。そうでなければ、小さくなるだけです。
loss-nca-symbol-1 = { -distance-of-samples }
loss-nca-symbol-2 = { -positives }
loss-nca-param-softmax_scale = 鋭さです。大きいほど、いちばん近いものだけが効きます。

## SupCon

loss-supcon-idea = どのサンプルでも、正例が、バッチのほかのすべてのサンプルの中で目立つようにします。正例について平均します。
loss-supcon-anchor = { -anchor-with-positive }
loss-supcon-cost = O(B²)
loss-supcon-zero = { -zero-no-pairs }
loss-supcon-symbol-1 = { -cosine-of-samples }
loss-supcon-symbol-2 = { -positives }
loss-supcon-symbol-3 = { -mean-of-nonzero }
loss-supcon-param-temperature = 温度です。小さいほど、近いサンプルが強く効きます。

## NT-Xent

loss-nt-xent-idea = 正例のペアが 1 つ 1 つ、アンカーのすべての負例に対して目立つようにします。
loss-nt-xent-anchor = 正例のペアの、前のほうのサンプルです。ペアは両方の向きで数えます。
loss-nt-xent-cost = O(B²)
loss-nt-xent-zero = { -zero-no-pairs }
loss-nt-xent-symbol-1 = { -cosine-of-samples }
loss-nt-xent-symbol-2 = { -positives }
loss-nt-xent-symbol-3 = { -negatives }
loss-nt-xent-param-temperature = 温度です。小さいほど、近い負例が強く効きます。

## Sigmoid

loss-sigmoid-idea = ペアごとに、同じクラスか違うクラスかを当てさせます。どのペアの答えも、ほかのペアに左右されません。
loss-sigmoid-anchor = アンカーはありません。ペアの 2 枚を対等に扱います。
loss-sigmoid-cost = O(B²)
loss-sigmoid-zero = バッチが 1 枚だけのときに限ります。そうでなければ、小さくなるだけです。
loss-sigmoid-symbol-1 = { -cosine-of-samples }
loss-sigmoid-symbol-2 = サンプル i と j が同じクラスなら 1、違うクラスなら −1
loss-sigmoid-symbol-3 = バッチのサンプルの数
loss-sigmoid-param-scale = 鋭さです。大きいほど、境目に近いペアだけが効きます。もとになった SigLIP では学習で決めます。
loss-sigmoid-param-bias = 同じクラスと違うクラスの境目を動かします。境目はコサイン −b / t です。これも SigLIP では学習で決めます。

## Circle

loss-circle-idea = あるべき位置からまだどれだけ離れているかで、ペアに重みをつけます。どのペアも、そろってたどり着きます。
loss-circle-anchor = バッチに正例も負例もあるサンプルです。
loss-circle-cost = O(B²)
loss-circle-zero = 正例と負例の両方をバッチにもつサンプルがないとき。
loss-circle-symbol-1 = { -cosine-of-samples }
loss-circle-symbol-2 = { -positives }
loss-circle-symbol-3 = { -negatives }
loss-circle-symbol-4 = 正なら x、そうでなければ 0。この重みに勾配は流れない
loss-circle-symbol-5 = { -mean-of-nonzero }
loss-circle-param-m = ゆるさです。正例のコサインは 1 − m、負例のコサインは m に届けばよいとします。
loss-circle-param-gamma = 鋭さです。大きいほど、いちばん悪いペアだけが効きます。

## FastAP

loss-fast-ap-idea = 平均適合率そのものを最適化します。距離を滑らかな階級に分けて、微分できるようにします。
loss-fast-ap-anchor = { -anchor-with-positive }
loss-fast-ap-cost = O(B²·階級数)
loss-fast-ap-zero = どのサンプルにもバッチに正例がないとき。または、どのサンプルでも、正例がすべて負例より近い階級にあるとき。
loss-fast-ap-symbol-1 = 距離の 2 乗の階級 b にある i の正例の数 (滑らかに数える)
loss-fast-ap-symbol-2 = 階級 b までの正例の数
loss-fast-ap-symbol-3 = 階級 b までのほかのすべてのサンプルの数
loss-fast-ap-symbol-4 = { -positives }
loss-fast-ap-param-num_bins = 0 から 4 までの距離の 2 乗を、いくつの階級に分けるか。

## Smooth-AP

loss-smooth-ap-idea = 平均適合率そのものを最適化します。順位を滑らかな段差で数えて、微分できるようにします。
loss-smooth-ap-anchor = { -anchor-with-positive }
loss-smooth-ap-cost = O(B²·正例の数)
loss-smooth-ap-zero = どのサンプルにもバッチに正例がないとき。または、クラスが 1 つのとき。どのサンプルでも、正例がすべての負例より τ の数倍以上近ければ、丸めて 0 になります。
loss-smooth-ap-symbol-1 = { -cosine-of-query }
loss-smooth-ap-symbol-2 = バッチにある q のクラスのサンプル (q 自身も含む)
loss-smooth-ap-symbol-3 = バッチを q に近い順に並べたときの i の順位
loss-smooth-ap-symbol-4 = q のクラスだけを並べたときの i の順位
loss-smooth-ap-symbol-5 = { -soft-step }
loss-smooth-ap-param-temperature = { -rank-softness }

## Recall@k surrogate

loss-recall-at-k-idea = サンプルの正例のうちいくつが、近い順に k 番目までに入るかを最適化します。いくつもの k を一度に使います。
loss-recall-at-k-anchor = { -anchor-with-positive }
loss-recall-at-k-cost = O(B²·正例の数)
loss-recall-at-k-zero = どのサンプルにもバッチに正例がないとき。それ以外では 0 になりません。いちばん近い正例でも、1 番目までには半分しか入ったと数えないからです。
loss-recall-at-k-symbol-1 = { -cosine-of-query }
loss-recall-at-k-symbol-2 = q の正例: バッチにある、同じクラスのほかのサンプル
loss-recall-at-k-symbol-3 = q を除いたバッチを q に近い順に並べたときの i の順位
loss-recall-at-k-symbol-4 = { -soft-step }
loss-recall-at-k-param-k_max = いちばん大きい k です。ほかに 1、2、4 … とこの値までの k を使います。
loss-recall-at-k-param-count_temperature = k 番目までに入ったかどうかの数え方の滑らかさです。小さいほど、k 番目の前後の正例だけが勾配をもちます。
loss-recall-at-k-param-rank_temperature = { -rank-softness }

## Proxy-NCA

loss-proxy-nca-idea = サンプルを、自分のクラスのプロキシに引き寄せ、ほかのプロキシから遠ざけます。バッチのほかのサンプルには左右されません。
loss-proxy-nca-anchor = { -anchor-and-proxies }
loss-proxy-nca-cost = O(B·C)
loss-proxy-nca-zero = クラスが 2 つ以上あれば、ちょうど 0 にはなりません。σ が既定値なら小さくもなれません。2 つのプロキシの距離は 2 を超えないからです。
loss-proxy-nca-symbol-1 = { -distance-to-proxy }
loss-proxy-nca-symbol-2 = { -embedding-of-sample }
loss-proxy-nca-symbol-3 = { -proxy-of-class }
loss-proxy-nca-param-softmax_scale = 鋭さです。大きいほど、いちばん近いプロキシだけが効きます。

## Proxy-NCA (own proxy left out)

loss-proxy-nca-excluded-idea = Proxy-NCA の分母から、自分のプロキシを除いたものです。自分のプロキシに引く力が弱まりません。
loss-proxy-nca-excluded-anchor = { -anchor-and-proxies }
loss-proxy-nca-excluded-cost = O(B·C)
loss-proxy-nca-excluded-zero = クラスが 1 つしかないとき。それ以外では、0 を通り過ぎます。サンプルが自分のプロキシにずっと近ければ、負の値になります。
loss-proxy-nca-excluded-symbol-1 = { -distance-to-proxy }
loss-proxy-nca-excluded-symbol-2 = { -embedding-of-sample }
loss-proxy-nca-excluded-symbol-3 = { -proxy-of-class }
loss-proxy-nca-excluded-param-softmax_scale = 鋭さです。大きいほど、ほかのプロキシのうちいちばん近いものだけが効きます。

## Proxy-NCA++

loss-proxy-nca-plus-plus-idea = Proxy-NCA を低い温度で鋭くしたものです。多くのクラスを分けられるようになります。
loss-proxy-nca-plus-plus-anchor = { -anchor-and-proxies }
loss-proxy-nca-plus-plus-cost = O(B·C)
loss-proxy-nca-plus-plus-zero = クラスが 2 つ以上あれば、ちょうど 0 にはなりません。どのサンプルも自分のプロキシにずっと近ければ、丸めて 0 になります。
loss-proxy-nca-plus-plus-symbol-1 = { -distance-to-proxy }
loss-proxy-nca-plus-plus-symbol-2 = { -embedding-of-sample }
loss-proxy-nca-plus-plus-symbol-3 = { -proxy-of-class }
loss-proxy-nca-plus-plus-param-temperature = 温度です。小さいほど、いちばん近いプロキシだけが効きます。

## Proxy Anchor

loss-proxy-anchor-idea = クラスごとのプロキシが、自分のサンプルを引き寄せ、ほかのサンプルを遠ざけます。難しいサンプルほど強く働きます。
loss-proxy-anchor-anchor = クラスのプロキシです。バッチのすべてのサンプルを、すべてのプロキシと比べます。
loss-proxy-anchor-cost = O(B·C)
loss-proxy-anchor-zero = ちょうど 0 にはなりません。2 つの対数がどちらも正だからです。サンプルが δ の求めるより自分のプロキシに近く、ほかのすべてのプロキシから遠ければ、小さくなります。
loss-proxy-anchor-symbol-1 = サンプル i とクラス c のプロキシのコサイン
loss-proxy-anchor-symbol-2 = バッチにあるクラス (分数の中では、その数)
loss-proxy-anchor-symbol-3 = 訓練クラスの総数
loss-proxy-anchor-param-margin = コサインのマージンです。自分のサンプルは +δ より上、ほかのサンプルは −δ より下を目指します。
loss-proxy-anchor-param-alpha = 鋭さです。大きいほど、いちばん難しいサンプルが勾配を独り占めします。

## Proxy Anchor, samples alike

loss-proxy-anchor-uniform-idea = Proxy Anchor から重みを除いたものです。プロキシは、難しいかどうかによらず、自分のサンプルをどれも同じ強さで引き、ほかのサンプルをどれも同じ強さで押します。
loss-proxy-anchor-uniform-anchor = クラスのプロキシです。バッチのすべてのサンプルを、すべてのプロキシと比べます。
loss-proxy-anchor-uniform-cost = O(B·C)
loss-proxy-anchor-uniform-zero = ちょうど 0 にはなりません。2 つの対数がどちらも正だからです。サンプルが平均して、δ の求めるより自分のプロキシに近く、ほかのすべてのプロキシから遠ければ、小さくなります。
loss-proxy-anchor-uniform-symbol-1 = サンプル i とクラス c のプロキシのコサイン
loss-proxy-anchor-uniform-symbol-2 = バッチにあるクラス (分数の中では、その数)
loss-proxy-anchor-uniform-symbol-3 = 訓練クラスの総数
loss-proxy-anchor-uniform-symbol-4 = バッチにあるクラス c のサンプルの数
loss-proxy-anchor-uniform-symbol-5 = バッチにあるほかのサンプルの数
loss-proxy-anchor-uniform-param-margin = 平均のコサインのマージンです。自分のサンプルは +δ より上、ほかのサンプルは −δ より下を目指します。
loss-proxy-anchor-uniform-param-alpha = 鋭さです。大きいほど、サンプルが平均してよい位置にあるクラスには、早く力がかからなくなります。

## Proxy Anchor by sample

loss-proxy-anchor-by-sample-idea = Proxy Anchor の向きを入れ替えたものです。サンプルごとにすべてのプロキシと比べ、いちばん近い誤ったプロキシがいちばん強く押します。
loss-proxy-anchor-by-sample-anchor = { -anchor-and-proxies }
loss-proxy-anchor-by-sample-cost = O(B·C)
loss-proxy-anchor-by-sample-zero = ちょうど 0 にはなりません。2 つの対数がどちらも正だからです。どのサンプルも、δ の求めるより自分のプロキシに近く、ほかのすべてのプロキシから遠ければ、小さくなります。
loss-proxy-anchor-by-sample-symbol-1 = サンプル i とクラス c のプロキシのコサイン
loss-proxy-anchor-by-sample-symbol-2 = { -class-of-sample }
loss-proxy-anchor-by-sample-param-margin = コサインのマージンです。自分のプロキシは +δ より上、ほかのプロキシは −δ より下を目指します。
loss-proxy-anchor-by-sample-param-alpha = 鋭さです。大きいほど、いちばん近い誤ったプロキシが、押す力を独り占めします。

## Potential field

loss-potential-field-idea = サンプルとプロキシを電荷とみなします。同じクラスは引き合い、違うクラスは反発し、その力は遠いほど弱くなります。
loss-potential-field-anchor = どの電荷も順にアンカーになります。サンプルもプロキシも、ほかのすべての電荷から力を受けます。
loss-potential-field-cost = O((B + C·M)²)
loss-potential-field-zero = 同じクラスの電荷が互いに δ より近く、違うクラスの電荷が δ より遠いとき。
loss-potential-field-symbol-1 = 正規化した電荷 i と j の距離 (0 から 2)
loss-potential-field-symbol-2 = 電荷の数 (バッチのサンプルとすべてのプロキシ)
loss-potential-field-symbol-3 = { -positive-part }
loss-potential-field-param-proxies_per_class = クラスごとのプロキシの数です。
loss-potential-field-param-alpha = 距離とともに力がどれだけ速く弱まるか。大きいほど、遠い外れ値が引く力は弱くなります。
loss-potential-field-param-delta = この距離より遠いと引き合い、近いと反発します。

## SoftTriple

loss-soft-triple-idea = クラスごとに複数の中心をもつ分類です。1 つのクラスに、いくつもの見た目があってもよくなります。
loss-soft-triple-anchor = バッチのすべてのサンプルを、すべてのクラスのすべての中心と比べます。
loss-soft-triple-cost = O(B·C·K)
loss-soft-triple-zero = どのサンプルも、自分のクラスの中心に、ほかのどの中心よりずっと近ければ、丸めて 0 になります。クラスが 1 つのときも 0 です。
loss-soft-triple-symbol-1 = サンプル i と、クラス c の k 番目の中心とのコサイン
loss-soft-triple-symbol-2 = サンプル i とクラス c の類似度 (ほぼ、いちばん近い中心との類似度)
loss-soft-triple-symbol-3 = クラスごとの中心の数
loss-soft-triple-symbol-4 = { -class-of-sample }
loss-soft-triple-param-centers_per_class = クラスごとの中心の数です。
loss-soft-triple-param-la = クラスについての softmax の鋭さです。
loss-soft-triple-param-gamma = クラスの中心の選び方の滑らかさです。小さいほど、いちばん近い中心だけが効きます。
loss-soft-triple-param-margin = サンプルが、ほかのクラスより自分のクラスにどれだけ近くなければならないか。

## Normalised softmax

loss-normalised-softmax-idea = ふつうの分類ですが、埋め込みとクラスの重みの角度だけを使います。
loss-normalised-softmax-anchor = { -anchor-and-weights }
loss-normalised-softmax-cost = O(B·C)
loss-normalised-softmax-zero = どのサンプルも、自分のクラスの重みに、ほかのどの重みよりずっと近ければ、丸めて 0 になります。クラスが 1 つのときも 0 です。
loss-normalised-softmax-symbol-1 = サンプル i とクラス c の重みベクトルのコサイン
loss-normalised-softmax-symbol-2 = { -class-of-sample }
loss-normalised-softmax-param-temperature = 温度です。小さいほど softmax が鋭くなり、正しく分類されたサンプルの勾配が弱くなります。

## CosFace

loss-cosface-idea = 正規化 softmax で、サンプルが、ほかのすべてのクラスにコサインのマージンをつけて勝つようにします。
loss-cosface-anchor = { -anchor-and-weights }
loss-cosface-cost = O(B·C)
loss-cosface-zero = { -zero-margin-kept }
loss-cosface-symbol-1 = { -angle-to-weight }
loss-cosface-symbol-2 = { -class-of-sample }
loss-cosface-param-margin = 自分のクラスのコサインが、ほかのすべてをどれだけ上回らなければならないか。
loss-cosface-param-scale = { -softmax-sharpness }

## ArcFace

loss-arcface-idea = 正規化 softmax で、角度をマージンの分だけ広げても、サンプルが、ほかのすべてのクラスに勝つようにします。
loss-arcface-anchor = { -anchor-and-weights }
loss-arcface-cost = O(B·C)
loss-arcface-zero = { -zero-margin-kept }
loss-arcface-symbol-1 = { -angle-to-weight }
loss-arcface-symbol-2 = { -class-of-sample }
loss-arcface-param-margin = サンプルと自分のクラスの角度に足す角度です。
loss-arcface-param-scale = { -softmax-sharpness }

## Softmax cross-entropy

loss-softmax-idea = 訓練クラスのふつうの分類です。分類器の 1 つ下の層が埋め込みになります。
loss-softmax-anchor = { -anchor-and-weights }
loss-softmax-cost = O(B·C)
loss-softmax-zero = どのサンプルも確実に分類されれば、丸めて 0 になります。クラスが 1 つのときも 0 です。
loss-softmax-symbol-1 = クラス y_i のサンプル i の埋め込み (ネットワークの出力そのまま)
loss-softmax-symbol-2 = 学習する、クラス c の重みベクトルとバイアス
