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
/// connection is lost is of no more use. With it, the library connects again, subscribes again and watches again;
/// what was under way at the loss fails with ``ClientError/Code/connectionLost``, and so does everything asked while
/// there is no connection. A client that nobody holds any longer closes its connection.
public final class ZaichikClient: Sendable {
    let core: ClientCore

    private init(core: ClientCore) { self.core = core }

    deinit { core.abandon() }

    /// Connects and introduces itself. Once, with ``ClientConfiguration/reconnect`` too: who starts wants to know.
    ///
    /// - Throws: A ``ClientError`` that says what is there instead of a broker, and what would help:
    ///   ``ClientError/Code/connectionRefused``, `hostNotFound`, `timedOut`, `notZaichik`, `versionMismatch`, or
    ///   `refused` with the broker's reason.
    public static func connect(
        to address: BrokerAddress, configuration: ClientConfiguration = ClientConfiguration()
    ) async throws(ClientError) -> ZaichikClient {
        let client = ZaichikClient(core: ClientCore(address: address, configuration: configuration))
        try await client.core.start()
        return client
    }

    /// Where the broker is.
    public var address: BrokerAddress { core.address }

    /// What the broker said of the connection that stands now, or stood last.
    public var welcome: Welcome { core.state.withLockedValue { $0.machine.welcome } }

    /// What happens besides. One stream for the client's life, read by one task; of what nobody reads the newest 256
    /// are kept. It ends with the client.
    public var events: AsyncStream<ClientEvent> { core.events }

    /// Ends the connection when everything sent is answered, at the latest after 2 s. ``deliveries``, ``events`` and
    /// watches end; what is asked afterwards fails with ``ClientError/Code/closed``. A task that is cancelled closes too.
    public func close() async {
        // A task of its own, which nobody cancels: what was sent shall not be lost because of a cancelled reader.
        await Task { await core.close() }.value
    }
}
