import Logging
import ZaichikProtocol

/// The identity of a client: what it reported in HELLO, and its address as the socket reports it.
struct ClientIdentity {
    var name = ""
    var program = ""
    var version = ""
    var host = ""
    var pid = ""
    /// The connection's; never used again.
    let id: UInt64
    let address: String
    /// µs since 1970.
    let connectedAt: UInt64

    init(id: UInt64, address: String, connectedAt: UInt64) {
        self.id = id
        self.address = address
        self.connectedAt = connectedAt
    }

    mutating func take(_ hello: Hello) {
        name = hello.name
        program = hello.program
        version = hello.version
        host = hello.host
        pid = hello.pid
    }

    /// Who it is, for every line about it.
    var metadata: Logger.Metadata {
        ["client": "\(id)", "name": .quoted(name), "address": "\(address)"]
    }

    /// What it said about itself; what it left out is left out.
    var reported: Logger.Metadata {
        let texts = [("program", program), ("version", version), ("host", host), ("pid", pid)]
        return Dictionary(uniqueKeysWithValues: texts.filter { !$0.1.isEmpty }.map { ($0.0, .quoted($0.1)) })
    }
}

/// Counters of one connection.
struct ConnectionCounters {
    var published: UInt64 = 0
    var publishedBytes: UInt64 = 0
    var deliveredBytes: UInt64 = 0
    var duplicates: UInt64 = 0
    var rejected: UInt64 = 0
    /// Deliveries of messages that had been delivered before.
    var redelivered: UInt64 = 0
    var pressure = SocketPressure()
}
