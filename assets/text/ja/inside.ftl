### 損失関数の中: 次に学習するバッチで、どの画像がどの画像を引くか

inside-open = { $loss } の中を見る
inside-title = { $loss } の中: だれがだれを引くか
inside-waiting = レースの準備ができると、次のバッチがここに出ます。
inside-batch = シード { $seed } が { $steps } ステップの後、次に学習するバッチです。{ $classes } クラスの画像 { $pictures } 枚を、クラス順に並べています。
inside-held = 読めるように、このバッチを止めています。学習は進みます。
inside-go-on = 次のバッチを表示
inside-hold = このバッチで止める

# 行と列
inside-among = 行も列も画像です。2 枚の画像の間にはたらく力は、対応する 2 つのマスに出ます。
inside-vectors = 行は画像、列はクラスベクトル (損失関数が学習したベクトル) です。
inside-both = 行は画像です。列は同じ画像と、太い線の先にクラスベクトル (損失関数が学習したベクトル) です。クラスベクトルどうしの力は表示しません。
inside-left-out = 以前のバッチの画像 { $count } 枚は、数に入れていますが、描いていません。
inside-mixtures = これらの画像を混ぜた { $count } 個の埋め込みとも比べています。それは描かず、数にも入れていません。

# 色
inside-pull = 引き合う
inside-push = 離し合う
inside-scale = 力が強いほど色が濃くなります (平方根に比例)。
inside-matrix = { $loss }: 画像 { $pictures } 枚と { $columns } 列。引く力は { $pulls } 組、離す力は { $pushes } 組。矢印キーでバッチを止めてマスを移り、Enter で行を選びます。
inside-hint = マスを指すか、矢印キーで移ってください。クリックか Enter で、その行の画像を選びます。

# 1 つのマス
inside-picture = 「{ $class }」の画像
inside-vector = 「{ $class }」のクラスベクトル
inside-cell = { $one }と{ $other }: { $closeness }、{ $force }。
inside-itself = { $one }とそれ自身: どの損失にも入りません。
inside-cosine = コサイン類似度 { NUMBER($value, minimumFractionDigits: 2, maximumFractionDigits: 2) }
inside-logit = ロジット { NUMBER($value, minimumFractionDigits: 2, maximumFractionDigits: 2) }
inside-noise = ノイズ比 { NUMBER($value, minimumFractionDigits: 2, maximumFractionDigits: 2) }
inside-pulled = いちばん強い力の { NUMBER($share, style: "percent", maximumFractionDigits: 1) } で引き合います
inside-pushed = いちばん強い力の { NUMBER($share, style: "percent", maximumFractionDigits: 1) } で離し合います
inside-rests = 力ははたらきません

# 1 つの行
inside-selected = { $picture }にはたらく力
inside-moves = 勾配の長さは、このバッチで最大のものの { NUMBER($share, style: "percent", maximumFractionDigits: 0) } です。
inside-strongest-pulls = 強く引く相手
inside-strongest-pushes = 強く離す相手
inside-nobody = ありません
inside-part = { $other }: { $closeness }、全体の { NUMBER($share, style: "percent", maximumFractionDigits: 0) }

## 内訳

census = このバッチの内訳
census-loss = 損失
census-relations = 比べる組
census-relations-meaning = 画像 2 枚、または画像とクラスベクトルの組
census-valid = 力がはたらきうる組
census-valid-meaning = ラベルだけで決まります
census-acting = いま力がはたらく組
census-acting-meaning = 引く { $pulls } 組、離す { $pushes } 組。最も強い力の 1000 分の 1 を超えるもの
census-triplets = 三つ組
census-triplets-meaning = アンカー、正例、負例の組み合わせ
census-mined = マイナーが残したもの
census-mined-triplets = 三つ組 { $of } 個のうち
census-mined-pairs = アンカーと相手の組 { $of } 個のうち
census-positives = 画像 1 枚あたりの正例
census-positives-meaning = 少なくとも { $least }。正例のない画像は { $without } 枚です
census-pull = 引く力のうち、難しい 1 割が占める割合
census-pull-meaning = 最も似ていない正例の 1 割。均等に引けば 10% です
census-push = 離す力のうち、難しい 1 割が占める割合
census-push-meaning = 最も似ている負例の 1 割
census-cosine = 異なるクラスの平均コサイン類似度
census-cosine-meaning = 1 に近いと、埋め込みが 1 点につぶれています
census-none = –

quiet-not-finite = 損失か勾配が数でなくなったため、何も言えません。学習率を下げると、うまくいくことがあります。
quiet-no-positives = 力がはたらきません。このバッチには同じクラスの画像が 2 枚以上なく、どのアンカーにも正例がありません。クラスごとに何枚かを含むバッチにすると、はたらきます。
quiet-no-negatives = 力がはたらきません。このバッチには、比べる別のクラスがありません。
quiet-collapsed = 力がはたらきません。ネットワークがすべての画像を同じ点に埋め込み、重なった点の間では力の向きが決まりません。この学習は崩壊しました。
quiet-nothing-mined = 力がはたらきません。マイナーが求める難しさのものが、このバッチにはありません。
quiet-margins-met = このバッチには、することが残っていません。どの組も、損失関数の望む近さと遠さになっています。
quiet-collapse-warning = ネットワークが、異なるクラスの画像をほとんど同じ点に埋め込んでいます。この学習は崩壊したか、崩壊しかけています。
