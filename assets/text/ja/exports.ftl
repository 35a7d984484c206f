### 記録したものの書き出し

export-saved = 保存しました。
export-link-copied = リンクをコピーしました。
export-nothing-drawn = まだ何も描かれていません。先に「開始」を押してください。
export-data-not-read = データセットを読み込んでいます。少し待ってから、もう一度試してください。
