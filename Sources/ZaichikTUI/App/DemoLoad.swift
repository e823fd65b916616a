import NIOCore
import ZaichikClient
import ZaichikProtocol

/// The demo's clients: publishers of several rates, consumers that keep up, others that do not, and sessions.
struct DemoLoad: Sendable {
    let address: BrokerAddress

    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await prepareTopics() }
            for publisher in Self.publishers { group.addTask { await publish(publisher) } }
            for consumer in Self.consumers { group.addTask { await consume(consumer) } }
            for worker in Self.workers { group.addTask { await work(worker) } }
            group.addTask { await visit() }
        }
    }

    func connect(
        _ name: String, window: UInt32 = 1024, session: SessionOptions? = nil
    ) async throws -> ZaichikClient {
        var configuration = ClientConfiguration(name: name, program: "demo")
        configuration.window = window
        configuration.session = session
        configuration.reconnect = ReconnectPolicy()
        return try await ZaichikClient.connect(to: address, configuration: configuration)
    }

    /// One topic that looks for duplicates, and one that is soon full: there are duplicates and gaps to see.
    private func prepareTopics() async {
        guard let client = try? await connect("setup") else { return }
        var payments = TopicSettingsChange()
        payments[.deduplicationWindow] = 60_000
        payments[.deduplicationScope] = UInt64(TopicSettings.DeduplicationScope.topic.rawValue)
        _ = try? await client.createTopic("payments", settings: payments)
        var clicks = TopicSettingsChange()
        clicks[.limit] = 256 << 10
        clicks[.historyBytes] = 128 << 10
        _ = try? await client.createTopic("clicks", settings: clicks)
        await client.close()
    }
}

// MARK: Publishers

extension DemoLoad {
    struct Publisher: Sendable {
        var name: String
        var topics: [String]
        /// A second, with a wave of a minute upon it.
        var rate: Double
        var body: @Sendable (Int) -> (key: String?, text: String)
    }

    static let publishers = [
        Publisher(name: "shop", topics: ["orders.eu", "orders.us", "orders.eu"], rate: 25) { number in
            (
                "c\(number % 40)",
                #"{"order": \#(10_000 + number), "sum": \#(number * 37 % 900).90, "items": \#(number % 5 + 1)}"#
            )
        },
        Publisher(name: "sensors", topics: ["metrics.cpu", "metrics.disk"], rate: 60) { number in
            (nil, "load=0.\(number * 7 % 90 + 10) host=node-\(number % 12)")
        },
        Publisher(name: "website", topics: ["clicks"], rate: 180) { number in
            ("u\(number % 500)", #"{"page": "/goods/\#(number * 13 % 700)", "ms": \#(number * 31 % 400)}"#)
        },
        Publisher(name: "checkout", topics: ["payments"], rate: 4) { number in
            // Every third payment is sent again, as by an impatient finger.
            ("p\(number - (number % 3 == 0 ? 1 : 0))", #"{"payment": \#(number), "state": "paid"}"#)
        },
        Publisher(name: "почта", topics: ["письма.входящие"], rate: 1.5) { number in
            (
                nil,
                "Письмо №\(number): " + ["спасибо!", "где мой заказ?", "всё пришло вовремя 👍", "до завтра"][number % 4]
            )
        },
        Publisher(name: "support", topics: ["chat.東京"], rate: 0.7) { number in
            (nil, ["こんにちは 🐇", "注文はどこですか", "thanks ✅", "ありがとうございます"][number % 4])
        },
    ]

    private func publish(_ publisher: Publisher) async {
        guard let client = try? await connect(publisher.name) else { return }
        let start = ContinuousClock.now
        var number = 0
        while !Task.isCancelled {
            number += 1
            let (key, text) = publisher.body(number)
            try? await client.enqueue(text, to: publisher.topics[number % publisher.topics.count], key: key)
            // Rates rise and fall within a minute, so that there is something to see.
            let phase = (start.duration(to: .now) / .seconds(1)).truncatingRemainder(dividingBy: 60) / 60
            let wave = 0.6 + 0.8 * abs(1 - 2 * phase)
            try? await Task.sleep(for: .seconds(1 / (publisher.rate * wave)))
        }
        await client.close()
    }
}

// MARK: Consumers

extension DemoLoad {
    struct Consumer: Sendable {
        enum Habit: Sendable {
            /// Takes this long for each message.
            case steady(Duration)
            /// Sleeps for this long now and then.
            case naps(Duration)
            /// Commits this many, then no more.
            case stops(after: Int)
            /// Pauses with window 0 and resumes, this long each.
            case pauses(Duration)
        }

        var name: String
        var patterns: [String]
        var window: UInt32
        var habit: Habit
    }

    static let consumers = [
        Consumer(name: "billing", patterns: ["orders.>", "payments"], window: 256, habit: .steady(.zero)),
        Consumer(name: "dashboard", patterns: ["metrics.*"], window: 512, habit: .steady(.milliseconds(1))),
        Consumer(name: "analytics", patterns: [">"], window: 64, habit: .steady(.milliseconds(9))),
        Consumer(name: "archive", patterns: ["orders.>", "metrics.*"], window: 1024, habit: .naps(.seconds(9))),
        Consumer(name: "legacy-erp", patterns: ["orders.eu"], window: 16, habit: .stops(after: 200)),
        Consumer(
            name: "mobile-app", patterns: ["chat.*", "письма.*", "orders.us"], window: 32, habit: .pauses(.seconds(12))),
        Consumer(name: "one-by-one", patterns: ["clicks"], window: 1, habit: .steady(.milliseconds(40))),
        Consumer(name: "письмоводитель", patterns: ["письма.>"], window: 8, habit: .steady(.milliseconds(300))),
    ]

    private func consume(_ consumer: Consumer) async {
        guard let client = try? await connect(consumer.name, window: consumer.window) else { return }
        for pattern in consumer.patterns { try? await client.subscribe(to: pattern, from: .earliest) }
        await withDiscardingTaskGroup { group in
            if case .pauses(let time) = consumer.habit {
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: time)
                        client.setWindow(0)
                        try? await Task.sleep(for: time)
                        client.setWindow(consumer.window)
                    }
                }
            }
            group.addTask { await take(client, consumer.habit) }
        }
        await client.close()
    }

    private func take(_ client: ZaichikClient, _ habit: Consumer.Habit) async {
        var count = 0
        do {
            for try await delivery in client.deliveries {
                if Task.isCancelled { return }
                count += 1
                switch habit {
                case .steady(let time):
                    if time > .zero { try await Task.sleep(for: time) }
                case .naps(let time):
                    if count % 1000 == 0 { try await Task.sleep(for: time) }
                case .stops(let last):
                    if count > last { continue }
                case .pauses: break
                }
                client.commit(delivery)
            }
        } catch {
            // The broker is gone or the demo ends; either way there are no more deliveries.
            return
        }
    }
}
