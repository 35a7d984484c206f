### このプロジェクトが損失関数について言うこと。どの文もレース (assets/claims/claims.json) で確かめます。数値は測ったものなので、文には入れません。

## 文

claim-paper-faster-sentence = 論文と同じ比率で、調整の回数を同じにすると、Proxy Anchor はほかのプロキシよりも、コントラスティブやセミハードのトリプレットよりも速く収束します。
claim-paper-softmax-sentence = この条件では、ソフトマックス交差エントロピーにも、速さと最後の成績の両方で勝ちます。ソフトマックスに足りないのは、おもに正規化です。
claim-paper-pairs-sentence = この条件で、Multi-Similarity や SupCon より速いことは示されません。
claim-paper-end-sentence = リードは速さのもので、最後の成績のものではありません。著者の形の Proxy-NCA や CosFace も、同じところまで行きます。
claim-paper-script-sentence = Proxy Anchor のスクリプトの設定では、Proxy-NCA を大きく引き離します。
claim-paper-own-sentence = 各論文の設定を使うと、Proxy-NCA も Proxy Anchor と同じところまで行きます。
claim-batch-60-proxies-sentence = 小さなバッチでは、ほかのプロキシに対するリードは示されません。
claim-batch-60-pairs-sentence = 小さなバッチでは、ペアやトリプレットを大きく引き離します。バッチの中に相手が少ないからです。
claim-batch-360-proxies-sentence = 大きなバッチでは、ほかのプロキシより先を行きます。同じクラスのサンプルを一度に多く見るほど、重み付けが役に立ちます。
claim-batch-360-pairs-sentence = 大きなバッチでは、セミハードのトリプレットに抜かれます。どの画像にも相手がいるからです。
claim-balanced-pairs-sentence = クラスをそろえたバッチでは、SupCon と Multi-Similarity が先を行きます。
claim-flat-fails-sentence = 2 次元では、この条件で調整しても、コントラスティブやソフトマックスに大きく遅れます。

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
