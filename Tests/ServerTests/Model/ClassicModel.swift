import NIOCore
import TestSupport
import ZaichikProtocol

/// A classic client of a history. It gets no answers, so less can be known of it than of a native one: what it is
/// delivered, in which order, and in the end that nothing is missing.
final class ClassicModel {
    let number: Int
    private let client: ClassicClient
    private let world: ModelWorld
    private let prefix: String
    private var published = 0
    private var markers: UInt64 = 0
    private var delivered: [PublishName] = []
    private var committed = 0
    /// The rounds in which it subscribed to the topics that it reads.
    private var subscribed: [Int: Int] = [:]
    private var everSubscribed = Set<Int>()

    init(number: Int, broker: TestBroker, prefix: String, world: ModelWorld) throws {
        self.number = number
        self.world = world
        self.prefix = prefix
        client = try broker.classic()
    }

    var deliveredCount: Int { delivered.count }
    func close() { client.wire.close() }

    private func fail(_ rule: String, _ detail: String) -> ModelFailure {
        ModelFailure(rule: rule, detail: "classic connection \(number): \(detail)")
    }

    // MARK: Out

    func send(_ steps: [History.Step]) throws {
        var frames: [ClassicFrame] = []
        for step in steps {
            switch step {
            case .publish(let topic, let keys, _, _):
                if world.topics[topic].id == nil { world.created.insert(topic) }
                for key in keys { frames.append(publish(topic, key)) }
            case .subscribe(.topic(let topic), _):
                if world.topics[topic].id == nil { world.created.insert(topic) }
                if subscribed[topic] == nil { subscribed[topic] = world.round }
                everSubscribed.insert(topic)
                frames.append(.subscribe(topic: world.topics[topic].name))
            case .unsubscribe(.topic(let topic)):
                subscribed[topic] = nil
                frames.append(.unsubscribe(topic: world.topics[topic].name))
            case .permits(let count):
                committed += count
                frames += Array(repeating: .commit, count: count)
            default: break
            }
        }
        markers += 1
        frames.append(.publish(topic: marker, key: nil, payload: ByteBuffer()))
        try client.wire.send(ClassicClient.bytes(frames))
    }

    /// A topic of its own: what is in it shows how far the broker is with what was sent.
    private var marker: String { "marks.\(prefix)-\(number)" }

    private func publish(_ topic: Int, _ key: Int?) -> ClassicFrame {
        published += 1
        let name = PublishName(connection: number, number: published)
        // Nobody tells whether it was accepted.
        world.publishes[name] = PublishModel(
            topic: topic, key: key, wantsReceipt: false, wantsConfirm: false, round: world.round, outcome: .unknown)
        world.topics[topic].unknown += 1
        let key = key.map(History.key)
        let payload = world.payload(of: name, topic: topic, keySize: key?.utf8.count ?? 0)
        return .message(world.topics[topic].name, payload, key: key)
    }

    // MARK: In

    /// Waits until the broker is through with what was sent, and takes what it has delivered.
    func receive(_ observer: NativeClient) throws {
        try eventually("a classic client's frames to be taken") {
            let row = try observer.topics(TopicQuery(filter: marker)).rows.first { $0.name == marker }
            return row?[.headSequence] == markers
        }
        for _ in 0..<2 { _ = try observer.clients(ClientQuery(limit: 0)) }
        let rows = try observer.clients(ClientQuery(filter: ":\(client.wire.localPort)")).rows
        guard let row = rows.first(where: { $0.dialect == .classic }) else {
            throw fail("a client that is connected is listed", "this one is not")
        }
        while delivered.count < row[.deliveredMessages] {
            guard let delivery = try client.receive() else { throw WireError.ended("a delivery") }
            try take(delivery)
        }
    }

    private func take(_ delivery: ClassicClient.Delivery) throws {
        guard let name = PublishName(payload: delivery.payload), let publish = world.publishes[name] else {
            throw fail("a message comes as it was published", "nobody published \(delivery.payload.prefix(20))")
        }
        guard world.topics[publish.topic].name == delivery.topic, delivery.key == publish.key.map(History.key) else {
            throw fail("a message comes as it was published", "\(name) has another topic or key")
        }
        guard everSubscribed.contains(publish.topic) else {
            throw fail("nothing comes from what is not subscribed to", "\(name) of \(delivery.topic)")
        }
        guard !delivered.contains(name) else { throw fail("no delivery comes twice", "\(name) of \(delivery.topic)") }
        delivered.append(name)
        guard delivered.count <= committed + 1 else {
            throw fail("a Commit releases one delivery", "\(delivered.count) came, with \(committed) commits")
        }
    }

    // MARK: The end

    /// When all is delivered and everybody knows the sequences: nothing is missing, and the order is that of the others.
    func checkWhole() throws {
        let places = world.places
        world.stretches.append(delivered.compactMap { places[$0] })
        let got = Set(delivered)
        for (index, round) in subscribed where world.topics[index].losesNothing {
            let topic = world.topics[index]
            let missing = topic.messages.enumerated().compactMap { offset, name in
                topic.round(of: UInt64(offset + 1)) > round ? name : nil
            }.filter { !got.contains($0) }
            guard missing.isEmpty else {
                throw fail("every message is in a delivery", "\(missing) of \(topic.name) are missing")
            }
        }
    }
}
