### レースについて言えること: どれが上か、どれが速かったか、その差は確かか。ページとコマンドラインで使います

# 途中で学習率を変えた損失関数と、そのステップ
verdict-unfair = 途中で学習率が変わったので ({ $changes })、公平な比較ではありません。
verdict-unfair-change = { $loss } はステップ { $step } の後

## 全部がたどり着いたステップで、どれが上か

verdict-ahead =
    { $step } ステップの時点で { $measure } がいちばん高いのは{ $count ->
        [1] {""}
       *[other] 、同点で
    } { $leaders } です。値は { NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) } です{ $next }。
verdict-ahead-so-far =
    { $step } ステップの時点で { $measure } がいちばん高いのは{ $count ->
        [1] {""}
       *[other] 、同点で
    } { $leaders } です。値は { NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) } です{ $next }。判定は最後に出ます。
# 残りの中でいちばん上のもの。なければ空
verdict-next = {" "}(次は { $loss }、{ NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) })
verdict-not-improved = ここでは、学習前のネットワークを上回った損失関数がありません。{ $measure } は学習前に { NUMBER($untrained, minimumFractionDigits: 3, maximumFractionDigits: 3) }、最後は最高でも { NUMBER($best, minimumFractionDigits: 3, maximumFractionDigits: 3) } です。

## どれが速かったか: 線に届いて、最後まで下回らなかったのはいつからか

# 目標の線。決まった水準か、このレースで出た最高値に対する割合
verdict-level = { $measure } { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) }
verdict-of-best = この顔ぶれで最高の { $measure } の { NUMBER($percent, maximumFractionDigits: 0) }%

verdict-faster = { $line } に届いて最後まで保てたのは、{ $fastest } が { $steps } ステップから{ $seeds }、{ $other }です。{ $fastest } のほうが速いと言えます ({ $tested })。
verdict-equal = { $line } に届いて最後まで保てたのは、{ $fastest } が { $steps } ステップから{ $seeds }、{ $other }です。差は ± { NUMBER($margin, maximumFractionDigits: 0) } ステップ以内で、同じ速さと言えます ({ $tested })。
verdict-not-shown = { $line } に届いて最後まで保てたのは、{ $fastest } が { $steps } ステップから{ $seeds }、{ $other }です。差があるとは言えません ({ $tested })。
verdict-one-seed = { $line } に届いて最後まで保てたのは、{ $fastest } が { $steps } ステップから{ $seeds }、{ $other }です。シードが 1 つでは、差があるとは言えません。
verdict-never = { $line } に届いて最後まで保てたのは、{ $fastest } が { $steps } ステップからです。{ $other } は { $end } ステップ以内に届きませんでした。
verdict-ends-below = { $line } に届いて最後まで保てたのは、{ $fastest } が { $steps } ステップからです。{ $other } も一度は届きましたが、最後は線を下回りました。

# もう一方の損失関数
verdict-other = { $loss } が { $steps } ステップから{ $seeds }
verdict-other-few = { $loss } は { $seeds } シード中 { $reached } だけ
verdict-other-none = { $loss } はどのシードもなし

# シードの平均と 95% 信頼区間。シードが 1 つなら、その値
verdict-interval = { NUMBER($mean, maximumFractionDigits: 0) } ± { NUMBER($half, maximumFractionDigits: 0) }
verdict-single = { NUMBER($value, maximumFractionDigits: 0) }
verdict-value-interval = { NUMBER($mean, minimumFractionDigits: 3, maximumFractionDigits: 3) } ± { NUMBER($half, minimumFractionDigits: 3, maximumFractionDigits: 3) }
verdict-value = { NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) }
# 届かなかったシードがあるときの、届いた数
verdict-seeds = {" "}({ $seeds } シード中 { $reached })

# 1 回の学習の秒で比べた文。ステップで見たときと同じなら、後ろの文は空
verdict-seconds-faster = 1 回の学習の秒で比べると、{ $first }、{ $second }です。{ $name } のほうが速いと言えます ({ $tested })。{ $steps }
verdict-seconds-equal = 1 回の学習の秒で比べると、{ $first }、{ $second }です。差は ± { NUMBER($margin, minimumFractionDigits: 3, maximumFractionDigits: 3) } 秒以内で、同じ速さと言えます ({ $tested })。{ $steps }
verdict-seconds-not-shown = 1 回の学習の秒で比べると、{ $first }、{ $second }です。差があるとは言えません ({ $tested })。{ $steps }
verdict-seconds-one-seed = 1 回の学習の秒で比べると、{ $first }、{ $second }です。シードが 1 つでは、差があるとは言えません。
verdict-seconds-of = { $loss } が { $time } 秒から{ $seeds }
verdict-seconds-interval = { NUMBER($mean, minimumFractionDigits: 3, maximumFractionDigits: 3) } ± { NUMBER($half, minimumFractionDigits: 3, maximumFractionDigits: 3) }
verdict-seconds-single = { NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) }
verdict-steps-reversed = ステップで比べると逆です。
verdict-steps-only-shown = ステップで比べると、{ $loss } のほうが速いと言えます。
verdict-steps-equal = ステップで比べると、同じ速さと言えます。
verdict-steps-not-shown = ステップで比べると、差があるとは言えません。

## 最後にどれが上か

verdict-end-better = 最後に { $measure } がいちばん高いのは { $best } で { $value }、次は { $next } で { $then } です。{ $best } のほうが上と言えます ({ $tested })。
verdict-end-equal = 最後に { $measure } がいちばん高いのは { $best } で { $value }、次は { $next } で { $then } です。差は ± { $margin } 以内で、同じと言えます ({ $tested })。
verdict-end-not-shown = 最後に { $measure } がいちばん高いのは { $best } で { $value }、次は { $next } で { $then } です。差があるとは言えません ({ $tested })。
verdict-end-one-seed = 最後に { $measure } がいちばん高いのは { $best } で { $value }、次は { $next } で { $then } です。シードが 1 つでは、差があるとは言えません。

## そのほかに知っておくこと

verdict-fell = { $loss } の最高は { $step } ステップの時点の { $best } で、最後は { $end } です。
verdict-diverged = { $loss } は { $seeds } シード中 { $count } が発散しました。発散したシードは、それまでの最低値として数えます。

# 検定。$p は下の 2 つのどちらか
verdict-tested =
    { $test ->
        [paired-t] 対応のある t 検定
        [signed-rank] 符号順位検定
       *[equivalence] 同等性検定
    }{ $corrected ->
        [yes] 、Holm 補正
       *[no] {""}
    }、{ $p }
verdict-p-below = p < { $limit }
verdict-p = p = { NUMBER($p, minimumFractionDigits: 2, maximumFractionDigits: 2) }

## コマンドラインの表

table-speed = { $measure } が水準に届いて最後まで保てたステップ。届いたシードの平均 ± 95% 信頼区間と、その数です。水準は決まった値で、最高値 { NUMBER($best, minimumFractionDigits: 3, maximumFractionDigits: 3) } はこの顔ぶれのものです。
table-steps-to-level = { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) } まで
table-steps-to-share = 最高値の { NUMBER($percent, maximumFractionDigits: 0) }% まで
table-seconds-to-level = { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) } までの秒
table-seconds-to-share = 最高値の { NUMBER($percent, maximumFractionDigits: 0) }% までの秒
table-at-the-end = 最後の { $measure }
table-at-the-peak = 最高値 (ステップ)
table-area = { $step } ステップまでの平均
table-stopped = { $loss } ({ $seeds } 中 { $count } が発散)
table-no-verdict = 判定はできません。損失関数が 2 つ以上あって、どれかが何かを学習している必要があります。
table-step-cost = 1 ステップのミリ秒 (1、{ $lanes } レーン)
# 最後の差と、テストのクラスについても取った区間
table-behind = { $best } との { $measure } の差
table-over-seeds = シード
table-over-classes = クラス
table-over-both = 両方
table-seeds = シード数
table-intervals-cover = 区間は 95% です。「シード」は、初期の重みとバッチが別だったときの幅で、テストのクラスはこの { $classes } のままです (対応のある t)。「クラス」は、テストのクラスが別だったときの幅で、シードはこのままです (クラスを { $resamples } 回選び直し、選び方はどの損失関数にも共通。近傍は画像ごとに元のまま)。「両方」は、どちらも別だったときの幅です。学習に使うクラスと、設定探しの運は、どれにも入っていません。
table-no-differences = テストのクラスについての差は出せません。損失関数が 2 つ以上あって、どちらでも発散しなかったシードが必要です。
table-took = { $cores } コアで { NUMBER($seconds, maximumFractionDigits: 0) } 秒。
# 表の秒が何か: ステップ × 1 ステップの費用か、レースの時計の取り分か
table-seconds-calibrated =
    表の秒は、1 コアで 1 回学習したときの時間です。ステップ数に、レースとは別に測った 1 ステップの時間 (損失関数を順に回した { $rounds } 巡の中央値、{ $clock ->
        [processor] スレッドのプロセッサ時間
       *[wall] 経過時間
    }) を掛けました。± には両方の誤差が入っています。
table-seconds-of-the-race = 表の秒は、このレースで各損失関数の学習にかかった時間を、シードの数で割ったものです。ほかのプログラムや損失関数に遅らされていることがあり、± はステップの分だけです。
