import ZaichikProtocol

/// What the broker pushes to a watcher. ``ZaichikClient/watch(_:)``
///
/// Who reads slower than it comes gets the newest only. One task reads it. Ends when the client is closed or the
/// task is cancelled; throws the ``ClientError`` when the connection is lost for good. The watch ends when the last
/// copy of the sequence and its iterators is gone.
public struct StatisticsSequence: AsyncSequence, Sendable {
    public typealias Element = StatisticsUpdate
    public typealias Failure = ClientError

    let watch: OpenWatch

    public func makeAsyncIterator() -> Iterator { Iterator(watch: watch) }

    public struct Iterator: AsyncIteratorProtocol {
        let watch: OpenWatch

        public mutating func next() async throws(ClientError) -> StatisticsUpdate? { try await watch.latest.next() }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ClientError) -> StatisticsUpdate? {
            try await watch.latest.next()
        }
    }
}

/// A watch as long as somebody holds it.
final class OpenWatch: Sendable {
    let id: WatchID
    let latest: LatestUpdate
    private let client: ZaichikClient

    init(id: WatchID, latest: LatestUpdate, client: ZaichikClient) {
        self.id = id
        self.latest = latest
        self.client = client
    }

    deinit { client.core.unwatch(id) }
}
