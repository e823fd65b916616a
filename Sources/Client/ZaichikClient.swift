import NIOConcurrencyHelpers
import NIOCore
import ZaichikProtocol

/// A client of a zaichik broker: publishes, consumes its queue, asks for statistics.
///
///     let client = try await ZaichikClient.connect(to: .standard)
///     try await client.subscribe(to: "orders.*")
///     for try await delivery in client.deliveries {
///         print(delivery.topic, String(buffer: delivery.payload))
///         client.commit(delivery)
///     }
///
/// Everything may be called from any task at any time. Without ``ClientConfiguration/reconnect`` a client whose
/// connection is lost is of no more use. With it, the library connects, subscribes and watches again; requests under
/// way at the loss fail with ``ClientError/Code/connectionLost``, and so do all that are made while there is no
/// connection. A client that is no longer referenced closes its connection.
public final class ZaichikClient: Sendable {
    let core: ClientCore

    private init(core: ClientCore) { self.core = core }

    deinit { core.abandon() }

    /// Connects and introduces itself. It tries once, with ``ClientConfiguration/reconnect`` too, so that a program learns
    /// at its start that there is no broker.
    ///
    /// - Throws: A ``ClientError`` that says what is there instead of a broker, and what would help:
    ///   ``ClientError/Code/connectionRefused``, `hostNotFound`, `timedOut`, `unreachable`, `notZaichik`, `versionMismatch`,
    ///   `notSupported`, or `refused` with the broker's reason; ``ClientError/Code/invalidName`` for a session's name.
    public static func connect(
        to address: BrokerAddress, configuration: ClientConfiguration = ClientConfiguration()
    ) async throws(ClientError) -> ZaichikClient {
        let client = ZaichikClient(core: try ClientCore(address: address, configuration: configuration))
        try await client.core.start()
        return client
    }

    /// Where the broker is.
    public var address: BrokerAddress { core.address }

    /// The broker's WELCOME of the current connection, or of the last one.
    public var welcome: Welcome { core.state.withLockedValue { $0.machine.welcome } }

    /// Events of the connection. There is one stream for the client's life, for one task to read; the newest 256 unread
    /// events are kept. It ends with the client.
    public var events: AsyncStream<ClientEvent> { core.events }

    /// Ends the connection when everything published is answered, at the latest after 2 s. ``deliveries``, ``events`` and
    /// watches end; later requests fail with ``ClientError/Code/closed``. A cancelled task can close, too.
    public func close() async {
        // In a task of its own, so that cancelling the caller does not cut off what was sent.
        await Task { await core.close() }.value
    }
}
