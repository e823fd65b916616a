import ZaichikProtocol

/// The statistics that the broker pushes for a watch. ``ZaichikClient/watch(_:)``
///
/// A reader that is slower than the updates gets the newest only. Several iterators share the updates: each update is
/// given to one of them. Ends when the client is closed or the task is cancelled; throws the ``ClientError`` when the
/// connection is lost for good. The watch ends with the last copy of the sequence and its iterators.
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

/// Keeps a watch open for as long as it is referenced.
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
