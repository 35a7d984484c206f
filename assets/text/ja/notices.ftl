### リンクのうち、そのままでは使えなかったところと、設定の問題

notice-version = このリンクの版は { $found } です。このページは版 { $reads } に対応しているため、わかるところだけを使いました。
notice-too-long = リンクが長すぎます。終わりの部分は使いませんでした。
notice-left-out = { $problem } ここは使いませんでした。
notice-repeated = リンクに「{ $key }」が 2 回あります。後のほうを使いました。
notice-unknown-loss = 「{ $id }」という損失はありません。ここは使いませんでした。
notice-clamped = { $problem } 最も近い、使える値にしました。
notice-more = リンクには、ほかにも使えなかったところがあります。

## 設定にならない文字列

problem-unknown-key = 「{ $key }」という設定はありません。
problem-malformed = 「{ $value }」は「{ $key }」の値として使えません (使える値: { $expected })。
expected-number = 数値
expected-whole-number = 整数
expected-one-of = { $ids }、{ $last } のどれか
expected-preset = プリセットの名前
expected-widths = 256,128 のような幅の並び、または none
expected-sampler = shuffled:60 または balanced:30x3

## レースにならない設定

# 同じ設定がいくつもあるときの名前
problem-out-of-range = 範囲外の値です。{ $setting }が { $value } になっています。{ $min } から { $max } までにしてください。
problem-no-loss = 損失が選ばれていません。1 つ以上選んでください。
problem-too-many-losses = 損失が { $found } 個あり、1 つのレースには多すぎます。{ $most } 個までです。
problem-parameter-count = 損失 { $number } ({ $loss }) のパラメーターは { $expected } 個のはずですが、{ $found } 個あります。
problem-batch-too-large = { $classes } クラス × { $samples } サンプルのバッチは大きすぎます。{ $most } サンプルまでです。
problem-memory-too-large = { $batch } サンプルのバッチを { $batches } 個覚えるメモリーは大きすぎます。この大きさのバッチは { $most } 個までです。
problem-too-few-classes = バッチに { $wanted } クラスは入れられません。訓練クラスは { $available } 個しかありません。
problem-too-few-of-a-class = バッチに 1 クラス { $wanted } サンプルは入れられません。{ $available } サンプルしかない訓練クラスがあります。
problem-too-few-samples = バッチに { $wanted } サンプルは入れられません。訓練サンプルは { $available } 個しかありません。
problem-no-pictures = 畳み込みと画像のずらしには画像が必要ですが、このデータセットには画像がありません。画像のあるデータセットを選ぶか、MLP にして画像をずらさないでください。
problem-pretrained-data = 事前学習済みネットワークは、文字のデータにだけあります。文字のデータを選ぶか、ランダムな重みから始めてください。
problem-pretrained-classes = 訓練クラスが { $found } 個あります。事前学習済みネットワークから始めるときは { $most } 個までです。残りのクラスは事前学習に使われています。クラスを減らすか、ランダムな重みから始めてください。
problem-pretrained-width = 事前学習済みの層は { $units } ユニットですが、最初の隠れ層は { $found } ユニットです。幅をそろえるか、ランダムな重みから始めてください。
problem-pretrained-no-layer = 事前学習済みの層は { $units } ユニットですが、隠れ層がありません。同じ幅の隠れ層を作るか、ランダムな重みから始めてください。
problem-too-much-data = 合成データの値が { $values } 個あり、多すぎます (クラス数 × サンプル数 × 次元)。1600 万個までです。
