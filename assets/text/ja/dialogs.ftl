### ページに重ねて開くもの: 損失関数の説明、調整、2 つの設定方法、地図

## 損失関数の説明

about-formula = 式
about-family = 種類
about-family-is = { $family }: { $idea }。
about-anchor = アンカー
about-uses = 使うもの
about-learns = 学習するもの
about-cost = 計算量
about-cost-is = バッチサイズ B、クラス数 C に対して { $cost }
about-memory = メモリー
about-with-memory = レースが前のバッチを覚えていれば、それらとも比べられます。
loss-within-batch = 比べるのは、バッチの中と、自分が学習したものだけです。前のバッチのメモリーは使いません。
about-mixtures = 混合サンプル
about-with-mixtures = レースが混合サンプルを使うなら、それらとも比べられます。
loss-without-mixtures = 比べるのは、もとのサンプルだけです。混合サンプルは使いません。
about-zero = 0 になるとき
about-now = このレースでは今 { NUMBER($value, minimumFractionDigits: 4, maximumFractionDigits: 4) } です。
about-now-zero = このレースでは今ちょうど 0 です。
about-paper = 論文

learned-none = ネットワークだけを学習します。
learned-class-vectors = ネットワークのほかに、クラスごとに 1 本のベクトルを学習します。
learned-class-vectors-and-bias = ネットワークのほかに、クラスごとに 1 本のベクトルと 1 つのバイアスを学習します。
learned-centres = ネットワークのほかに、クラスごとに複数のベクトルを学習します。

mining-none = バッチにあるものすべてを使います。
mining-semi-hard = 負例が正例より遠く、その差がマージンより小さいトリプレットを使います。
mining-batch-hard = アンカーごとに、いちばん遠い正例といちばん近い負例を使います。
mining-multi-similarity = 同じアンカーのほかのペアに比べて難しいペアを使います。
mining-n-pair = 各クラスの最初の 2 枚を使います。

## 調整

tune-title = どの損失関数も同じ回数だけ調整する
tune-idea = どの損失関数にも、学習率と自分のハイパーパラメータをランダムに試す機会を、同じ回数だけ与えます。成績は検証クラスで測ります。検証クラスは、訓練にもレースの曲線にも使いません。
tune-trials = 損失関数ごとの試行回数
tune-trials-meaning = 回数が多いほどよい設定が見つかりますが、時間がかかります。
tune-start = 始める
tune-again = もう一度調整する
tune-stop = 中止
tune-progress = 試行の進み具合
tune-step = { $steps } ステップ中 { $step }。{ $losses } 個の損失関数を { $trials } 回ずつ試しています。
tune-step-paused = { $steps } ステップ中 { $step }。{ $losses } 個の損失関数を { $trials } 回ずつ試しています。一時停止中です。
tune-score-is = MAP@R の曲線の下の面積
tune-best = いちばんよい設定
tune-loss = 損失関数
tune-score = 成績
tune-lr = 学習率
tune-settings = 設定
tune-failed = 失敗
tune-proxies = プロキシ ×{ $factor }
tune-race = いちばんよい設定で競走する

## 3 つの設定方法

protocol = 設定方法
protocol-own = 各論文の設定
protocol-as-published = Proxy Anchor のスクリプトの設定
protocol-matched = 同じ調整回数
protocol-own-idea = それぞれの損失関数に、その著者の設定を使います。
protocol-as-published-idea = それぞれの損失関数に、Proxy Anchor の公開スクリプトがあたえる設定を使います。
protocol-matched-idea = プロキシの学習も含めて、どの損失関数も同じ回数だけ調整した設定を使います。
protocol-tuned-elsewhere = ほかの条件のために調整した設定です。「調整…」で、この条件のために調整できます。
protocol-custom-idea = 自分で変えた設定です。
protocol-preset-idea = この実験に付いている設定です。隣り合う損失関数は、1 つの点だけで違います。
protocols-title = だれの設定か
protocols-idea = 論文のスクリプトは、ほかの損失関数に、その著者が選んだのではない設定をあたえることがあります。損失関数がよいのか、調整がよいだけなのかは、すべてに同じ回数の調整を与えるとわかります。切り替えて、最後まで走らせて、比べてみてください。
protocols-ranking = 順位
protocols-settings = 設定
protocols-steps = クラスベクトルの学習率は、ネットワークの学習率に倍率をかけたものです。Proxy Anchor の著者の設定では .01 で、最初の 1 歩は初期ベクトルのばらつきの .07 倍です。ここでは、ネットワークの学習率によらず、同じ割合になる .0088 にしています (64 次元のとき)。スクリプトのウォームアップ、減衰、クリッピングは、どの方式にもありません。
protocols-table = 3 つの設定方法での設定
protocols-loss = 損失関数
protocols-setting = 項目
protocols-not-raced = まだ走らせていません。こちらに切り替えて、最後まで走らせてください。
protocols-score = MAP@R { NUMBER($score, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) }
key-learning-rate = 学習率
key-proxy-factor = プロキシの学習率の倍率

## 地図

map-title = どの条件で、どの損失関数が勝つか
map-idea = マス目の 1 つ 1 つが、条件の違うレースです。どの損失関数も、その条件で同じ回数だけ調整しました。色は、未知クラスで最高の MAP@R の 90% に最初に届いた損失関数です。斜線は、差があるとは言えないところです。マス目を選ぶと、ここで走らせます。
map-legend = 色が濃いほど、その損失関数の曲線は次のものより平均して高くなっています (MAP@R で 0 から { NUMBER($most, minimumFractionDigits: 3, maximumFractionDigits: 3) } まで)。
map-shuffled = シャッフルしたバッチ
map-balanced = クラス数をそろえたバッチ
map-told = { $safe }{ $open }
map-told-safe = { $cells } マスのうち { $shown } マスで、いちばん速い損失関数が確かです: { $losses }。
map-told-none = { $cells } マスのどこにも、確かにいちばん速いと言える損失関数はありません。
map-told-open = 差が確かでないマスで先に立つのは、{ $losses }です。
map-told-loss = { $loss } が { $cells } マス{ $place }
map-told-all = { $what }はすべて
map-told-place = { " " }({ $parts })
map-told-batches-of = バッチ { $batch }
map-told-batches-to = バッチ { $batch } 以下
map-told-batches-from = バッチ { $batch } 以上
map-told-batches-between = バッチ { $low }–{ $high }
map-told-classes-of = { $classes } クラス
map-told-classes-to = { $classes } クラス以下
map-told-classes-from = { $classes } クラス以上
map-told-classes-between = { $low }–{ $high } クラス
map-steps = { $loss } { NUMBER($steps, maximumFractionDigits: 0) }{ $half } ステップ
map-half = { " " }± { NUMBER($half, maximumFractionDigits: 0) }
map-loading = 地図を取り込んでいます…
map-damaged = ファイルが地図として読めません ({ $why })。
map-failed = 地図を表示できません。{ $why }
map-none = なし
map-raced = 競走したのは { $losses } です。マス目と損失関数ごとに、試行 { $trials } 回の調整を独立に { $repeats } 回くり返し、それぞれでいちばんよかった設定を別々のシード { $seeds } 個で走らせました。学習するのはどのマス目でも { $samples } サンプルで、小さいバッチほどステップが多くなります。差が確かなのは、調整のくり返しについての検定で p < 0.05 (すべてのマス目について補正) のところです。
map-computed = <code>{ $command }</code> で計算しました ({ $machine }、{ NUMBER($minutes, maximumFractionDigits: 0) } 分)。
