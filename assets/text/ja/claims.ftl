### このプロジェクトが損失関数について言うこと。どの文もレース (assets/claims/claims.json) で確かめます。数値は測ったものなので、文には入れません。

## 文に添える数値

# $what は次の 3 つのどれかです。
claim-evidence = { $what }: { $loss } { $value }、{ $other } { $than }。{ $difference }
claim-by-area = レース全体の{ $measure }の平均
claim-by-end = 最後の { $measure }
claim-by-steps = { $measure } { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) } までのステップ数
claim-shown = 差あり、{ $tested }
claim-equal = ± { NUMBER($margin, maximumFractionDigits: 2) } の範囲で同等、{ $tested }
claim-not-shown = 差は示されず、{ $tested }
claim-one-seed = シード 1 つでは足りません

claims-claim = 主張
claims-measured = 測った値
claims-id = 識別子

## 終わったレースの曲線の下

next-title = 次に進む
next-found = この条件で繰り返したレースの結果
next-over-seeds = (シード { $seeds } 個)
next-over-draws = (調整 { $draws } 回、それぞれシード { $seeds } 個)
next-fair = 同じレースを、別の設定で:
next-elsewhere = ほかの条件で:
