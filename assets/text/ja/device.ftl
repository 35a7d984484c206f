### 学習に使う装置と、計算の確かめ

device-none = 装置なし
device-failed = 失敗
device-starting = 起動中
device-ready = 準備完了
device-label = 装置: { $name }、{ $state }。切り替える
device-faster = { $name } のほうが速い
device-train-on = 学習に使う装置
device-auto = 自動
device-software = { $name } (ソフトウェア)
device-time = レース全体で 1 ステップ { NUMBER($milliseconds, minimumFractionDigits: 1, maximumFractionDigits: 1) } ミリ秒
device-switch = { $name } に切り替える
device-switch-hint = 同じ初期値で、ステップ 0 から始めます。それまでの曲線は残ります。

## この装置を使う理由

device-why-cpu-chosen = CPU が選ばれています。
device-why-webgpu-chosen = WebGPU が選ばれています。
device-why-no-webgpu = WebGPU が使えないため、CPU で学習します。
device-why-software = WebGPU がソフトウェアで動いているだけなので、CPU で学習します。
device-why-cpu = 先に準備ができる CPU で学習します。小さなネットワークは CPU のほうが速いこともよくあります。
device-why-webgpu = 前と同じく WebGPU で学習します。

## WebGPU の様子

webgpu-failed = WebGPU を試しましたが、失敗しました: { $why }
webgpu-missing = { $why }。
webgpu-software = ここの WebGPU はソフトウェアで動いているだけです ({ $name })。CPU で学習するよりずっと遅くなります。
webgpu-measuring = WebGPU ({ $name }) の速さを裏で測っています。
webgpu-is = WebGPU: { $name }
webgpu-adapter = WebGPU アダプター
webgpu-not-offered = このブラウザでは WebGPU が使えません
webgpu-insecure = WebGPU は https か localhost でだけ使えます
webgpu-no-gpu = このブラウザは WebGPU に対応していますが、使える GPU が見つかりません
webgpu-engine-coming = エンジンをまだ準備しています。数分後に再読み込みしてください
webgpu-engine-missing = このページには WebGPU 用のエンジンが含まれていません
webgpu-refused = ブラウザが WebGPU を拒みました ({ $why })

## 計算の確かめ

check-title = この装置の計算を確かめる
check-idea = すべての損失関数とその勾配を、学習に使う装置で計算し、pytorch-metric-learning 2.9.0 の値と比べます。その間、レースは止まります。
check-device = 装置: { $name }
check-start = 始める
check-again = もう一度確かめる
check-running = 確かめています…
check-copy = 結果をコピー
check-progress = 確かめた件数
check-loading = 例を読み込んでいます…
check-done-of = { $cases } 件中 { $done } 件
check-all-agree = { $cases } 件すべてが一致しました。
check-some-differ = { $cases } 件中 { $failed } 件が一致しません。
check-results = 損失関数ごとの結果
check-loss = 損失関数
check-cases = 件数
check-value-error = 値の最大誤差
check-gradient-error = 勾配の最大誤差
check-agrees = 一致
check-differ = { $count } 件が不一致
check-no-engine = エンジンが動いていません。起動してから、もう一度確かめてください。
check-device-changed = 確かめている間に装置が変わりました。もう一度始めてください。
