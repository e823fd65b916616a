import DequeModule
import NIOCore
import ZaichikProtocol

/// Knows by the clock whether the other side is there, and how far away it is.
struct Liveness: Sendable {
    /// A broker must hear from us at least this often.
    private static let longestQuiet = TimeAmount.seconds(20)
    static let roundTripInterval = TimeAmount.seconds(2)

    private enum Asker: Sendable {
        case waiter(WaiterID)
        case measurement
        case keepAlive
    }

    /// After this silence the broker is pinged.
    private let quiet: TimeAmount
    /// After this silence the broker is taken for gone.
    private let silence: TimeAmount
    private var heard: NIODeadline
    /// Bytes that the socket had taken at the last look.
    private var taken = 0
    private var lastPing: NIODeadline
    private var token: UInt64 = 0
    /// Pings, oldest first.
    private var unanswered = Deque<(token: UInt64, asker: Asker, sent: NIODeadline)>()

    init(silence: TimeAmount, heard: NIODeadline = .uptimeNanoseconds(0)) {
        self.silence = silence
        quiet = min(.nanoseconds(silence.nanoseconds / 2), Self.longestQuiet)
        self.heard = heard
        lastPing = heard
    }

    var awaitsAnswers: Bool {
        unanswered.contains { entry in
            if case .keepAlive = entry.asker { false } else { true }
        }
    }

    mutating func hear(now: NIODeadline) { heard = now }

    /// Sends a ping that is a barrier, for a task that waits for the answer. All others ask for a sign of life.
    mutating func ping(waiter: WaiterID, now: NIODeadline, into output: inout OutputQueue) {
        send(.waiter(waiter), now: now, into: &output)
    }

    /// Judges the silence, and breaks ours.
    ///
    /// - Parameters:
    ///   - isReading: Whether the connection is read at all. If not, the broker's silence means nothing, but the broker
    ///     must hear from us all the same.
    ///   - taken: Bytes that the socket has taken, if more wait for it; nil if none do. While it takes some, a ping may
    ///     be among those that wait.
    /// - Returns: Why the connection must end, if it must.
    mutating func tick(
        now: NIODeadline, isReading: Bool, measures: Bool, taken: Int? = nil, into output: inout OutputQueue
    ) -> ClientError? {
        if let taken {
            if taken > self.taken { heard = now }
            self.taken = taken
        }
        if !isReading {
            heard = now
            if now - lastPing >= quiet { send(.keepAlive, now: now, into: &output) }
            return nil
        }
        guard now - heard < silence else {
            let seconds = silence.nanoseconds / 1_000_000_000
            return ClientError(
                .connectionLost, "the broker sent nothing for \(seconds) s, not even the answer to a ping")
        }
        if measures {
            if now - lastPing >= Self.roundTripInterval { send(.measurement, now: now, into: &output) }
        } else if now - heard >= quiet, now - lastPing >= quiet {
            send(.keepAlive, now: now, into: &output)
        }
        return nil
    }

    /// Takes an answer. Pings are not always answered in their order: a sign of life overtakes barriers.
    mutating func pong(_ token: UInt64, now: NIODeadline) -> [ConnectionMachine.Action] {
        guard let index = unanswered.firstIndex(where: { $0.token == token }) else { return [] }
        let (_, asker, sent) = unanswered.remove(at: index)
        let roundTrip = Duration.nanoseconds((now - sent).nanoseconds)
        switch asker {
        case .waiter(let waiter): return [.resume(.success(waiter, .roundTrip(roundTrip)))]
        case .measurement: return [.event(.roundTrip(roundTrip))]
        case .keepAlive: return []
        }
    }

    /// The connection is gone.
    ///
    /// - Returns: The tasks that wait in vain.
    mutating func lose() -> [WaiterID] {
        defer { unanswered.removeAll() }
        return unanswered.compactMap { entry in
            if case .waiter(let waiter) = entry.asker { waiter } else { nil }
        }
    }

    private mutating func send(_ asker: Asker, now: NIODeadline, into output: inout OutputQueue) {
        token += 1
        lastPing = now
        unanswered.append((token, asker, now))
        if case .waiter = asker {
            output.append(.ping(token), .barrier)
        } else {
            output.append(.ping(token, atOnce: true))
        }
    }
}
