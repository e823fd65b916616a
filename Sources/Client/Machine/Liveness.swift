import DequeModule
import NIOCore
import ZaichikProtocol

/// Knows by the clock whether the other side is there, and how far away it is.
struct Liveness: Sendable {
    /// Nothing heard for so long: ask.
    static let quiet = TimeAmount.seconds(20)
    /// Nothing heard for so long: nobody is there.
    static let silence = TimeAmount.seconds(60)
    static let roundTripInterval = TimeAmount.seconds(2)

    private enum Asker: Sendable {
        case waiter(WaiterID)
        case measurement
        case keepAlive
    }

    private var heard: NIODeadline
    private var lastPing: NIODeadline
    private var token: UInt64 = 0
    private var open = Deque<(asker: Asker, sent: NIODeadline)>()

    init(heard: NIODeadline = .uptimeNanoseconds(0)) {
        self.heard = heard
        lastPing = heard
    }

    var awaitsAnswers: Bool {
        open.contains { entry in
            if case .keepAlive = entry.asker { false } else { true }
        }
    }

    mutating func hear(now: NIODeadline) { heard = now }

    mutating func ping(waiter: WaiterID?, now: NIODeadline, into output: inout ByteBuffer) {
        send(waiter.map { .waiter($0) } ?? .measurement, now: now, into: &output)
    }

    /// - Parameter isReading: Whether the connection is read at all. If not, silence means nothing, but the broker
    ///   must hear from us all the same.
    mutating func tick(
        now: NIODeadline, isReading: Bool, measures: Bool, into output: inout ByteBuffer
    ) -> ClientError? {
        if !isReading {
            heard = now
            if now - lastPing >= Self.quiet { send(.keepAlive, now: now, into: &output) }
            return nil
        }
        guard now - heard < Self.silence else {
            return ClientError(.connectionLost, "the broker sent nothing for 60 s, not even the answer to a ping")
        }
        if measures {
            if now - lastPing >= Self.roundTripInterval { send(.measurement, now: now, into: &output) }
        } else if now - heard >= Self.quiet, now - lastPing >= Self.quiet {
            send(.keepAlive, now: now, into: &output)
        }
        return nil
    }

    mutating func pong(now: NIODeadline) -> [ConnectionMachine.Action] {
        guard let (asker, sent) = open.popFirst() else { return [] }
        let roundTrip = Duration.nanoseconds((now - sent).nanoseconds)
        switch asker {
        case .waiter(let waiter): return [.resume(.success(waiter, .roundTrip(roundTrip)))]
        case .measurement: return [.event(.roundTrip(roundTrip))]
        case .keepAlive: return []
        }
    }

    /// Who waits in vain.
    mutating func lose() -> [WaiterID] {
        defer { open.removeAll() }
        return open.compactMap { entry in
            if case .waiter(let waiter) = entry.asker { waiter } else { nil }
        }
    }

    private mutating func send(_ asker: Asker, now: NIODeadline, into output: inout ByteBuffer) {
        token += 1
        lastPing = now
        open.append((asker, now))
        ClientFrame.ping(token).write(to: &output)
    }
}
