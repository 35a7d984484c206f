### 何が起きたか、どうすればよいか

trouble-no-webgpu = ここでは WebGPU が使えません
trouble-device-lost = GPU が使えなくなりました
trouble-data = データセットを読み込めませんでした
trouble-settings = この設定では学習できません
trouble-engine = エンジンが止まりました
# 曲線があるときの続き
trouble-kept = { $detail } ここまでの曲線は、次に進むまで残ります。必要なら、先に共有・書き出しをしてください。
# 読み上げ
trouble-told = { $title }。{ $detail }

remedy-retry = もう一度試す
remedy-cpu = CPU で続ける
remedy-synthetic = 合成データを使う
remedy-default = 標準の設定に戻す

## 読み込み

error-unknown = 不明なエラー
fetch-failed = { $file } を読み込めませんでした ({ $why })。ネットワークにつながっているか、確かめてください。
fetch-refused = { $file } を読み込めませんでした。サーバーの応答は { $status } です。
fetch-broken = { $file } の読み込みが途中で切れました ({ $why })。
fetch-no-text = { $file } は文字のファイルではありません。
language-failed = { $language } の文章を読み込めませんでした。{ $why } 今の言語のまま続けます。
texts-damaged = { $file } が壊れています。{ $line } 行目が読めません。ページを再読み込みしてください。
engine-damaged = { $file } が壊れています ({ $why })。
worker-not-started = ワーカーを起動できませんでした ({ $why })。
worker-ended = 学習中のワーカーが突然終わりました。
worker-ended-why = 学習中のワーカーが突然終わりました ({ $why })。
command-not-sent = 命令を送れませんでした ({ $why })。
copy-insecure = コピーは https か localhost でだけできます。
