### 何が起きたか。かっこの中は、ブラウザやライブラリーの言葉

# 設定の名前で始まる文
failure-out-of-range = 範囲外の値です。{ $quantity }が { $value } になっています。{ $allowed }にしてください。

## 装置

failure-no-gpu-in-engine = このエンジンは CPU 専用です。WebGPU 用のエンジンを使ってください。
failure-no-gpu-device = ブラウザの WebGPU が装置を返しませんでした ({ $why })。CPU で学習してください。
failure-device-lost = 装置が応答しなくなりました ({ $why })。CPU で学習するか、レーンを減らすか、ネットワークを小さくしてください。

## エンジン

failure-engine-start = エンジンを起動できませんでした ({ $why })。
failure-engine-silent = { $seconds } 秒たってもエンジンが起動しませんでした。
failure-unreadable = ページとエンジンの間の通信を読めませんでした ({ $why })。再読み込みして、版をそろえてください。
failure-out-of-order = 命令「{ $command }」が、{ $missing }の準備より先に届きました。ページを再読み込みしてください。
failure-missing-device = 装置
failure-missing-data = データセット

## データセット

failure-data-missing = データセット「{ $set }」はファイル { $file } にありますが、読み込まれていません。もう一度読み込むか、別のデータセットを選んでください。
failure-data-file = ファイル { $file } を読めません。{ $why }。もう一度読み込んでください。それでも読めないときは「cargo xtask datasets」で作り直してください。
failure-data-contents = ファイル { $file } の中身が違います。あるはずのもの: { $expected }。実際の中身: { $found }。「cargo xtask datasets」で作り直してください。
failure-data-shape = データセット「{ $set }」、{ $classes } クラス、クラスごとに { $least }～{ $most } 枚 (全部で { $pictures } 枚)、{ $width }×{ $height }

format-magic = データセットのファイルではありません
format-version = 形式の版が { $found } ですが、このページが読めるのは版 { $reads } です
format-length = 長さが { $expected } バイトのはずですが、{ $found } バイトです
format-checksum = チェックサムが合わないため、中身が壊れています
format-header = ヘッダーの内容がおかしいです ({ $what })
format-pictures = 画像を展開できません
header-no-ink = インクの値がない
header-empty-class = 画像のないクラスがある
header-pixels = 画素の数
header-too-short = 途中で終わっている
header-inside-name = 名前の途中で終わっている
header-name-text = 名前が UTF-8 ではない

quantity-batch = バッチの大きさ
quantity-batch-classes = バッチ内のクラス数
quantity-batch-samples = バッチ内の 1 クラスあたりのサンプル数
quantity-label-noise = 誤ったラベルの割合
quantity-classes = クラス数
quantity-training-classes = 訓練クラスの数
quantity-values = クラス数 × サンプル数 × 次元

allowed-between = { $min } から { $max } まで
allowed-one-to = 1 から { $most } まで ({ $of })
allowed-classes-left = { $most } 以下 (ラベルを変えたあとに残ったクラスの数)
allowed-at-most = { $most } 以下
allowed-at-least = このデータセットでは { $least } 以上
allowed-exactly = このデータセットでは { $number }
supply-samples = 訓練サンプルの数
supply-classes = 訓練クラスの数
supply-samples-of-smallest = 最も小さい訓練クラスのサンプル数

## レース

failure-no-seed = シードがありません。損失ごとに 1 つ以上必要です。
failure-parameter-count = ハイパーパラメーターの数が違います。{ $loss } には { $expected } 個ありますが、{ $found } 個が渡されました。
failure-one-value = { $loss } は、「{ $key }」の値が違うものを同時には学習できません。1 つずつレースにしてください。
failure-no-pictures = 畳み込みと画像のずらしには正方形の画像が必要ですが、このデータセットには画像がありません。画像のあるデータセットを選ぶか、MLP にして画像をずらさないでください。
failure-pretrained-data = 事前学習済みネットワークは文字のデータ専用です。文字のデータを選ぶか、ランダムな重みから始めてください。
failure-pretrained-classes = 事前学習済みネットワークは、{ $found } 個の訓練クラスの一部をすでに学習しています。使えるのは { $most } 個までです。
failure-pretrained-layer = 事前学習済みの層は入力 { $inputs }、ユニット { $units } ですが、レースの最初の隠れ層は入力 { $layer_inputs }、ユニット { $layer_units } です。幅をそろえるか、ランダムな重みから始めてください。
failure-pretrained = 事前学習済みネットワークを使えません。{ $why }。ランダムな重みから始めるか、「kyori pretrain --write assets/backbone.bin」で作り直し、もう一度コンパイルしてください。
backbone-magic = ネットワークのファイルではありません
backbone-version = ファイルの形式の版が { $found } ですが、このページが読めるのは版 { $reads } です
backbone-length = ファイルの長さが { $expected } バイトのはずですが、{ $found } バイトです
backbone-checksum = ファイルのチェックサムが合わないため、中身が壊れています
backbone-contents = ファイルの内容がおかしいです ({ $what })
backbone-classes = このデータセットが事前学習用に残しているクラスとは、別のクラスで学習されています

## 装置の計算の確かめ

failure-cases-unreadable = golden.json にある参照用の例を読めません ({ $why })。ページを再読み込みして、もう一度確かめてください。
failure-no-cases = golden.json に損失の例がありません。ページを再読み込みして、もう一度確かめてください。
failure-case-unusable = golden.json に使えない例があります ({ $case }: { $why })。ページを再読み込みして、もう一度確かめてください。
failure-check-device = 装置が応答しなくなりました ({ $why })。別の装置を選ぶか、起動し直してから、もう一度確かめてください。
case-unknown-loss = マイナー「{ $miner }」と組む損失「{ $loss }」は登録されていません
case-parameter = 「{ $loss }」にパラメーター「{ $key }」がないか、「{ $key }」が数値でもスイッチでもありません
case-shape = 「{ $field }」には { $expected } 個の数が必要ですが、{ $found } 個あります
case-missing = 「{ $field }」がありません

## 書き出し

failure-export-synthetic = 合成データは、このプログラムの中で作られています。書き出すには、文字か数字のデータを選んでください。
failure-export-loss = pytorch-metric-learning には { $loss } がありません。ほかの損失を書き出すには、これをレースから外してください。
failure-export-mixup = pytorch-metric-learning には埋め込みのミックスアップがありません。レースを書き出すには、ミックスアップを 0 にしてください。
failure-export-settings = 設定を書き出せません: { $why }
failure-film-other = このファイルはレースの記録ではありません。
failure-film-newer = この記録は新しい版の Kyori で作られています。ページを再読み込みしてから開いてください。
failure-film-damaged = この記録は壊れていて、表示できません。
failure-export-json = レースを JSON に書き出せません: { $why }
