import Glibc
import NIOCore
import TestSupport
import ZaichikProtocol

/// Lets the clients of one history act on a broker, and holds what they see against the model.
final class HistoryRun {
    let history: History
    let broker: TestBroker
    /// Looks at the figures; it outlives the history.
    let observer: NativeClient
    let prefix: String
    let world: ModelWorld
    /// By client of the history; nil: not connected.
    var connections: [ConnectionModel?]
    private var classic: ClassicModel?
    private var connectionsMade = 0
    /// How long figures may take to become what they should be.
    private let patience: Double

    init(_ history: History, prefix: String, broker: TestBroker, observer: NativeClient, patience: Double) {
        self.history = history
        self.prefix = prefix
        self.broker = broker
        self.observer = observer
        self.patience = patience
        world = ModelWorld(history, prefix: prefix)
        connections = history.windows.map { _ in nil }
    }

    /// - Throws: A ``ModelFailure`` if the broker did what the protocol does not allow.
    func run() throws {
        defer { for connection in connections { connection?.client.wire.close() } }
        defer { classic?.close() }
        for (index, topic) in history.topics.enumerated() where topic.isEarly {
            world.topics[index].id = try observer.create(world.topics[index].name, topic.settings).id
        }
        for (index, round) in history.rounds.enumerated() {
            let classic = index < history.classicRounds.count ? history.classicRounds[index] : []
            switch round {
            case .advance(let milliseconds):
                broker.clock.advance(milliseconds: milliseconds)
                try work([], classic: classic)
            case .work(let scripts): try work(scripts, classic: classic)
            }
        }
        try drain()
        try audit()
        try classic?.checkWhole()
        try ArrivalOrderCheck(world).check()
    }

    // MARK: Rounds

    private func work(_ scripts: [[History.Step]], classic steps: [History.Step] = []) throws {
        for index in world.topics.indices { world.topics[index].begin(time: broker.clock.now) }
        world.created = []
        for (slot, steps) in scripts.enumerated() where !steps.isEmpty && connections[slot] == nil {
            connections[slot] = try connect(window: history.windows[slot])
        }
        if !steps.isEmpty, classic == nil {
            connectionsMade += 1
            world.classics += 1
            classic = try ClassicModel(number: connectionsMade, broker: broker, prefix: prefix, world: world)
        }
        var writes: [(connection: ConnectionModel, pieces: [[UInt8]])] = []
        for (slot, connection) in connections.enumerated() {
            // One that waits for its end has nothing to say any more.
            guard let connection, connection.isOpen else { continue }
            let steps = slot < scripts.count ? scripts[slot] : []
            writes.append((connection, connection.writes(of: steps)))
            noteCreated(by: steps)
        }
        if !steps.isEmpty { try classic?.send(steps) }
        for place in 0..<(writes.map(\.pieces.count).max() ?? 0) {
            for (connection, pieces) in writes where place < pieces.count {
                try connection.client.send(pieces[place])
            }
            if place == 0 { try act(scripts.joined()) }
        }
        for (connection, _) in writes {
            switch connection.phase {
            case .halfClosed: connection.client.wire.halfClose()
            case .gone: try leave(connection)
            case .open, .closing: break
            }
        }
        try rest()
        world.round += 1
    }

    /// An operator does what the steps of a round say, while the broker reads what the clients have sent.
    private func act(_ steps: some Sequence<History.Step>) throws {
        for case .act(let act, let index) in steps {
            let name = world.topics[index].name
            switch act {
            case .pause: try observer.act(.pausePublishes, name)
            case .resume: try observer.act(.resumePublishes, name)
            case .purge:
                world.topics[index].acts.isPurgedNow = true
                world.topics[index].purge(below: nil, messages: try observer.act(.purgeTopic, name).messages)
            case .purgeBelow(let back):
                var values = ActValues()
                let end = UInt64(max(Int(world.topics[index].head) - back, 1))
                values.sequence = end
                world.topics[index].purge(below: end, messages: try observer.act(.purgeTopic, name, values).messages)
            }
            switch act {
            case .pause: world.topics[index].pause(true)
            case .resume: world.topics[index].pause(false)
            case .purge, .purgeBelow: break
            }
        }
    }

    private func connect(window: UInt32) throws -> ConnectionModel {
        connectionsMade += 1
        let client = try broker.client("\(prefix).\(connectionsMade)", window: window)
        return ConnectionModel(number: connectionsMade, client: client, window: window, world: world)
    }

    private func noteCreated(by steps: [History.Step]) {
        for step in steps {
            switch step {
            case .topic(let topic), .subscribe(.topic(let topic), _):
                if world.topics[topic].id == nil { world.created.insert(topic) }
            default: break
            }
        }
    }

    /// A connection goes without waiting for anything.
    private func leave(_ connection: ConnectionModel) throws {
        for number in connection.confirmed + 1..<connection.published + 1 {
            let name = PublishName(connection: connection.number, number: number)
            if world.publishes[name]!.outcome == .open { try world.answer(name, .unknown) }
        }
        if connection.confirmed < connection.published { world.lingering += 1 }
        forget(connection)
    }

    private func forget(_ connection: ConnectionModel) {
        connection.client.wire.close()
        connection.phase = .gone
        world.stretches.append(connection.order.take())
        for slot in connections.indices where connections[slot] === connection { connections[slot] = nil }
    }

    // MARK: Rest

    /// Waits until the broker has nothing left to do, and checks everything.
    private func rest() throws {
        for topic in world.created {
            world.topics[topic].id = try observer.topic(world.topics[topic].name)
        }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(patience)
        while true {
            try settle()
            let figures = try FiguresAtRest(observer, prefix: prefix, connections.compactMap { $0 })
            try figures.note(in: world)
            for connection in connections { try connection?.learnFromReceipts() }
            for connection in connections.compactMap({ $0 }) {
                try connection.takeInbox()
                if connection.phase == .gone { forget(connection) }
            }
            do {
                for topic in world.created { for connection in connections { connection?.meet(topic) } }
                try RestCheck(world, connections.compactMap { $0 }, figures).check()
                return
            } catch let failure as ModelFailure {
                // Another loop may still be on it.
                guard clock.now < deadline else { throw failure }
                usleep(2000)
            }
        }
    }

    /// Has every loop look at its sockets and its mail, and takes what came.
    private func settle() throws {
        for _ in 0..<2 {
            let all = connections.compactMap { $0 }
            for connection in all where connection.isOpen { try connection.client.send(connection.barrier()) }
            for connection in all { try connection.receive() }
            try classic?.receive(observer)
            _ = try observer.clients(ClientQuery(limit: 0))
        }
    }

    // MARK: The end

    /// Everybody commits everything, until nothing is left.
    private func drain() throws {
        for index in world.topics.indices where world.topics[index].acts.isPaused {
            try observer.act(.resumePublishes, world.topics[index].name)
            world.topics[index].pause(false)
        }
        let steps: [History.Step] = [.window(1000), .commit(percent: 100)]
        var before: [Int] = []
        repeat {
            before = progress
            try work(connections.map { $0 == nil ? [] : steps }, classic: classic == nil ? [] : [.permits(100)])
        } while progress != before
        for connection in connections.compactMap({ $0 }) {
            guard connection.isOpen, !connection.inbox.isBlocked else {
                throw connection.fail("blocked publishers go on when all is committed", "this one does not")
            }
            for reading in connection.readings.values where reading.next.lowerBound <= world.topics[reading.topic].head
            {
                throw connection.fail(
                    "in the end everything is delivered, or told as lost",
                    "\(reading.next) of \(world.topics[reading.topic].name), head \(world.topics[reading.topic].head)")
            }
        }
    }

    /// What changes as long as something is left to do.
    private var progress: [Int] {
        connections.flatMap { connection -> [Int] in
            guard let connection else { return [] }
            return [connection.deliveries.count, connection.committed, connection.confirmed, Int(connection.toldLost)]
        } + world.topics.map { Int($0.head) } + [classic?.deliveredCount ?? 0]
    }

    /// A newcomer gets what the figures say, whatever start it asks for.
    private func audit() throws {
        let starts: [History.Start] = [.earliest, .sequence(back: 1_000_000), .time(back: 1_000_000)]
        for slot in connections.indices {
            if let connection = connections[slot] { forget(connection) }
        }
        connections = starts.map { _ in nil }
        let topics = world.topics.indices.filter { world.topics[$0].id != nil }
        for slot in starts.indices { connections[slot] = try connect(window: 10_000) }
        try work(starts.map { start in topics.map { .subscribe(.topic($0), start) } })
    }
}
