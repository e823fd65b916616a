import NIOCore
import NIOPosix

/// The sockets at which a broker listens.
struct Listeners {
    private let acceptor: Acceptor
    private let log: BrokerLog
    /// Those that are open, also if another one could not be opened.
    private(set) var channels: [any Channel] = []

    init(_ core: BrokerCore) {
        acceptor = Acceptor(core: core)
        log = core.log
    }

    /// The addresses at which they listen, in numbers, with the actual ports.
    var endpoints: [Endpoint] { channels.compactMap { $0.localAddress.flatMap(Endpoint.init) } }

    /// - Throws: A ``BrokerStartError`` for the first address at which it cannot listen.
    mutating func open(_ endpoints: [Endpoint]) async throws {
        for group in try await Self.plan(endpoints).groups { try await open(group) }
    }

    /// Opens all addresses of a name. Those that this machine does not have are left out, unless it has none of them:
    /// a name may have an address of a family that is switched off.
    private mutating func open(_ group: ListenPlan.Group) async throws {
        var port = group.asked.port
        var missing: [BrokerStartError] = []
        let before = channels.count
        for listener in group.listeners {
            do {
                channels.append(try await open(listener, asked: group.asked, port: port))
                // A name that asks for any free port gets one for all of its addresses.
                port = channels.last?.localAddress?.port ?? port
            } catch let error as BrokerStartError {
                guard case .notOfThisMachine = error, group.listeners.count > 1 else { throw error }
                missing.append(error)
            }
        }
        if let first = missing.first, channels.count == before { throw first }
        for error in missing { log.tell(.addressLeftOut, ["reason": .quoted("\(error)")]) }
    }

    private func open(_ listener: ListenPlan.Listener, asked: Endpoint, port: Int) async throws -> any Channel {
        var listener = listener
        listener.address.port = port
        do {
            return try await acceptor.listen(listener)
        } catch BrokerStartError.addressInUse where asked.port == 0 && port > 0 {
            listener.address.port = 0
            return try await acceptor.listen(listener)
        }
    }

    /// Looks up the names among the addresses.
    private static func plan(_ endpoints: [Endpoint]) async throws -> ListenPlan {
        // Not on a thread of a task: it may take seconds.
        let resolved = try await NIOThreadPool.singleton.runIfActive {
            try endpoints.map { endpoint in (asked: endpoint, hosts: try hosts(of: endpoint)) }
        }
        return try ListenPlan(resolved)
    }

    private static func hosts(of endpoint: Endpoint) throws(BrokerStartError) -> [String] {
        do {
            return try HostAddresses.of(endpoint.host)
        } catch {
            throw .cannotListen(endpoint, reason: "there is no host '\(endpoint.host)' (\(error.reason))")
        }
    }
}

extension Endpoint {
    fileprivate init?(_ address: SocketAddress) {
        guard let host = address.ipAddress, let port = address.port else { return nil }
        self.init(host: host, port: port)
    }
}
