import NIOCore

/// A client that was connected: why it is gone, and its last figures. The broker remembers the last ones.
public struct ClosedClient: Equatable, Sendable {
    /// Its row as it was before its queue ended.
    public var client: ClientStatistics
    /// µs since 1970 UTC.
    public var closedAt: UInt64
    /// The error code under which the broker ended it; 0 if it left by itself.
    public var code: UInt16
    /// For people.
    public var reason: String
    /// Its last minute.
    public var history: History

    public init(
        client: ClientStatistics, closedAt: UInt64, code: UInt16 = 0, reason: String, history: History = History()
    ) {
        self.client = client
        self.closedAt = closedAt
        self.code = code
        self.reason = reason
        self.history = history
    }
}

extension ClosedClient {
    init(row body: inout FrameBody) throws(FrameError) {
        let closedAt: UInt64 = try body.integer()
        let code: UInt16 = try body.integer()
        let reason = try body.shortString()
        let end = body.rowEnd
        let client = try body.row(ClientStatistics.init(row:))
        body.rowEnd = end
        self.init(
            client: client, closedAt: closedAt, code: code, reason: reason, history: try History(&body))
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeLittle(closedAt)
        buffer.writeLittle(code)
        buffer.writeShortString(reason)
        buffer.writeRow(client.writeRow)
        history.write(to: &buffer)
    }
}
