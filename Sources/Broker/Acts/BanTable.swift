import NIOConcurrencyHelpers
import Synchronization
import ZaichikProtocol

/// That nobody may come under a name for a time.
struct Ban: Equatable, Sendable {
    /// µs since 1970.
    var until: UInt64
    /// Who has decided it.
    var by: String
    var reason: String

    /// How long somebody has to stay away, in ms: not a moment too short.
    static func wait(until end: UInt64, now: UInt64) -> UInt64 { end > now ? (end - now + 999) / 1000 : 0 }

    func text(of name: BanTable.Name, now: UInt64) -> String {
        let seconds = (Self.wait(until: until, now: now) + 999) / 1000
        let why = reason.isEmpty ? "" : " (\(reason))"
        return "\(name) was disconnected by \(by)\(why) and may return in \(seconds) s"
    }
}

/// The names under which nobody may come for a time. May be used from any loop.
final class BanTable: Sendable {
    enum Name: Hashable, Sendable, CustomStringConvertible {
        case client(String)
        case session(SessionName)

        var description: String {
            switch self {
            case .client(let name): "'\(name)'"
            case .session(let name): "session '\(name)'"
            }
        }
    }

    /// The most names.
    static let most = PeerLimits.bans

    private let bans = NIOLockedValueBox<[Name: Ban]>([:])
    private let count = Atomic<Int>(0)

    /// - Returns: Whether there was room for it.
    func add(_ ban: Ban, of name: Name, now: UInt64) -> Bool {
        bans.withLockedValue { bans in
            bans = bans.filter { $0.value.until > now }
            guard bans[name] != nil || bans.count < Self.most else { return false }
            bans[name] = ban
            count.store(bans.count, ordering: .relaxed)
            return true
        }
    }

    /// The first of some names that is banned; nil if none is.
    func first(of names: [Name], now: UInt64) -> (name: Name, ban: Ban)? {
        guard count.load(ordering: .relaxed) > 0 else { return nil }
        return bans.withLockedValue { bans in
            for name in names {
                guard let ban = bans[name] else { continue }
                if ban.until > now { return (name, ban) }
                bans[name] = nil
            }
            count.store(bans.count, ordering: .relaxed)
            return nil
        }
    }
}
