### データセット: 題名、内容、クラスの使い分け

data-glyphs-title = 文字
data-glyphs-about = さまざまな書体の日本語の文字です。24×24 ピクセルです。
data-digits-title = 数字
data-digits-about = 手書きの数字です。8×8 ピクセルです。
data-synthetic-title = 合成データ
data-synthetic-about = ガウス分布のかたまりです。ノイズは好きなだけ加えられます。

classes-trained-on = { $classes } クラスで訓練します。
classes-trained-and-scored-on = { $classes } クラスで訓練し、{ $unseen } 個の未知クラスで成績を測ります。
