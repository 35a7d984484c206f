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

## どれが速かったか

verdict-faster = 最高の { $measure } の { NUMBER($percent, maximumFractionDigits: 0) }% に届くまで、{ $fastest } は { $steps } ステップ{ $seeds }、{ $other }でした。{ $fastest } のほうが速いと言えます ({ $tested })。
verdict-not-shown = 最高の { $measure } の { NUMBER($percent, maximumFractionDigits: 0) }% に届くまで、{ $fastest } は { $steps } ステップ{ $seeds }、{ $other }でした。差があるとは言えません ({ $tested })。
verdict-one-seed = 最高の { $measure } の { NUMBER($percent, maximumFractionDigits: 0) }% に届くまで、{ $fastest } は { $steps } ステップ{ $seeds }、{ $other }でした。シードが 1 つでは、差があるとは言えません。
verdict-never = 最高の { $measure } の { NUMBER($percent, maximumFractionDigits: 0) }% に届くまで、{ $fastest } は { $steps } ステップ{ $seeds }でした。{ $other } は { $end } ステップ以内に届きませんでした。

# もう一方の損失関数
verdict-other = { $loss } は { $steps } ステップ{ $seeds }
verdict-other-none = { $loss } はどのシードでも未到達

# シードの平均と 95% 信頼区間。シードが 1 つなら、その値
verdict-interval = { NUMBER($mean, maximumFractionDigits: 0) } ± { NUMBER($half, maximumFractionDigits: 0) }
verdict-single = { NUMBER($value, maximumFractionDigits: 0) }
# 届かなかったシードがあるときの、届いた数
verdict-seeds = {" "}({ $seeds } シード中 { $reached })

# 検定。$p は下の 2 つのどちらか
verdict-tested =
    { $test ->
        [welch] Welch の t 検定
       *[rank-sum] 順位和検定
    }{ $corrected ->
        [yes] 、Holm 補正
       *[no] {""}
    }、{ $p }
verdict-p-below = p < { $limit }
verdict-p = p = { NUMBER($p, minimumFractionDigits: 2, maximumFractionDigits: 2) }

## コマンドラインの表

table-shares = 最高の { $measure } ({ NUMBER($best, minimumFractionDigits: 3, maximumFractionDigits: 3) }) に対する割合
table-steps-to = { NUMBER($percent, maximumFractionDigits: 0) }% までのステップ
table-seconds-to = { NUMBER($percent, maximumFractionDigits: 0) }% までの秒
table-at-the-end = 最後の { $measure }
table-area = 曲線の下の面積
table-stopped = { $loss } (発散 { $count })
table-no-verdict = 判定はできません。損失関数が 2 つ以上あって、どれかが何かを学習している必要があります。
table-took = { $cores } コアで { NUMBER($seconds, maximumFractionDigits: 0) } 秒。表の秒は、1 コアで 1 回学習したときの時間です。
