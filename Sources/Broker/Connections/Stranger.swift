import NIOCore

/// Describes what begins like no client of zaichik, for the log.
enum Stranger {
    /// The first bytes of protocols that often come to the wrong port.
    private static let known: [(beginning: [UInt8], name: String)] =
        ["GET ", "POST", "PUT ", "HEAD", "OPTI", "DELE", "PRI "].map { (Array($0.utf8), "HTTP") } + [
            ([0x16, 0x03], "TLS"), (Array("SSH-".utf8), "SSH"), (Array("AMQP".utf8), "AMQP"),
            (Array("*1\r\n".utf8), "the Redis protocol"),
        ]
    /// How many of the first bytes are shown.
    static let shown = 16

    /// - Parameter bytes: The first bytes of the connection, as far as they have come.
    static func description(of bytes: ByteBuffer) -> String {
        let first = Array(bytes.readableBytesView.prefix(shown))
        let isText = first.allSatisfy { (0x20..<0x7F).contains($0) || [0x09, 0x0A, 0x0D].contains($0) }
        let text =
            isText
            ? String(decoding: first, as: UTF8.self).debugDescription
            : first.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
        let name = known.first { first.starts(with: $0.beginning) }?.name
        return "its first bytes, \(text), belong to neither dialect" + (name.map { "; this is \($0)" } ?? "")
    }
}
