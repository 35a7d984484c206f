### 損失関数ごとの散布図

board = レースのようす
board-empty = 走らせる損失関数がありません。「設定」から 1 つ以上選んでください。
board-dots = 印は 1 枚の画像で、色がクラスを表します。丸で囲んだ星はプロキシ、つまり訓練クラスごとに学習したベクトルです。
board-neighbours-meaning = 印は 1 枚の画像で、色がクラスを表します。近い画像どうしは近くに並びます。島と島の距離に意味はありません。
# 埋め込み空間を平面に表す方法
board-map = 埋め込み空間の表し方
board-neighbours = 近傍
board-directions = 主成分
board-classes-shown = 表示するクラス
board-training-classes = 訓練クラス
# 1 位の損失関数につける印と、その理由
board-first = 1位
board-first-by = ステップ { $step } で { $measure } がいちばん高い
board-first-shared = ステップ { $step } で { $measure } が同点の 1 位
board-about = { $loss } の説明
board-enlarge = { $loss } を大きく表示
board-speed = 毎秒ステップ
board-nothing = –
board-seed = シード
board-seed-shown = { $loss } の表示するシード
board-ended = ステップ { $step } で損失が有限の数でなくなり、終わりました。学習率を下げると、うまくいくことがあります。
board-some-ended = { $seeds } シード中 { $ended } が途中で終わりました (有限の数でなくなりました)。
board-no-room-circle = <b>{ $loss }</b> には、ここは狭すぎます。どの 2 つも互いに背を向ける方向は、円の上では { $most } 個までしか取れません。それを { $classes } クラスすべてに求めています。
board-no-room-sphere = <b>{ $loss }</b> には、ここは狭すぎます。どの 2 つも互いに背を向ける方向は、球面の上では { $most } 個までしか取れません。それを { $classes } クラスすべてに求めています。
board-picture-soon = 学習前の埋め込みが、まもなくここに出ます。
board-no-picture = エンジンが動いていないため、散布図がありません。
board-picture-waits = 最初の散布図を待っています。

## 散布図の中

picture-none-yet = 散布図はまだありません
picture-variance = 分散の { NUMBER($share, style: "percent", maximumFractionDigits: 0) } が見えています
# 狭いとき
picture-variance-short = 分散の { NUMBER($share, style: "percent", maximumFractionDigits: 0) }

## 散布図の読み上げ

picture-none = { $loss }: 散布図はまだありません
picture-is =
    { $loss }: { $step } ステップ後の、{ $classes } クラス { $points } 枚の画像{ $proxies ->
        [0] {""}
       *[other] と { $proxies } 個のプロキシ
    }。{ $space }
picture-sphere = 単位球面の上にあります。矢印キーで回り、カンマとピリオドで点から点へ移ります
picture-plane = 平面の上にあります。矢印キーで点から点へ移ります
picture-projected = 平面に射影していて、分散の { NUMBER($share, style: "percent", maximumFractionDigits: 0) } が見えます。矢印キーで点から点へ移ります
picture-neighbours = 近い画像どうしが近くに並ぶ地図で、島と島の距離に意味はありません。矢印キーで点から点へ移ります

## いちばん近い画像

retrieval = いちばん近いのは？
retrieval-meaning = 左は、学習に使っていない画像です。右に、それぞれの損失関数がいちばん近いと見た 5 枚を並べます。枠つきは同じクラスです。1 枚目に枠があれば、Recall@1 の正解です。上の図の印を選ぶと、その画像を調べます。
retrieval-query = 調べる画像
retrieval-found = 1 枚目 { $firsts }/{ $queries }、全体 { $right }/{ $of }
retrieval-label = { $loss }、ステップ { $step }: いちばん近い画像は、{ $queries } 枚中 { $firsts } 枚で同じクラスです。5 枚ずつの全 { $of } 枚では { $right } 枚です。
retrieval-queries = 調べる画像: { $names }
