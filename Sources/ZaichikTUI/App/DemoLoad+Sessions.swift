import ZaichikClient
import ZaichikProtocol

// The demo's sessions: one that workers share, and one whose client comes seldom.
extension DemoLoad {
    static let workers = ["picker-1", "picker-2"]

    /// Commits most orders, and returns some. What nobody can do is parked after a few attempts.
    func work(_ name: String) async {
        let session = SessionOptions("pick-orders", mode: .shared, commitDeadline: .seconds(20), attempts: 4)
        guard let client = try? await connect(name, window: 8, session: session) else { return }
        try? await client.subscribe(to: "orders.>")
        do {
            for try await delivery in client.deliveries {
                if Task.isCancelled { break }
                try await Task.sleep(for: .milliseconds(60))
                if delivery.sequence % 150 == 0 {
                    try delivery.return(after: .seconds(2), reason: "address unknown")
                } else if delivery.sequence % 40 == 0, delivery.attempt == 1 {
                    try delivery.return(after: .seconds(4), reason: "out of stock")
                } else {
                    try delivery.commit()
                }
            }
        } catch {
            // The broker is gone or the demo ends.
        }
        await client.close()
    }

    /// Reads for some seconds and stays away for a minute, again and again.
    func visit() async {
        let session = SessionOptions("night-shift", expiry: .seconds(86_400))
        while !Task.isCancelled {
            guard let client = try? await connect("night-shift", window: 64, session: session) else { return }
            try? await client.subscribe(to: "payments")
            await withDiscardingTaskGroup { group in
                group.addTask {
                    do {
                        for try await delivery in client.deliveries { client.commit(delivery) }
                    } catch {
                        // It has left.
                    }
                }
                try? await Task.sleep(for: .seconds(4))
                await client.close()
            }
            try? await Task.sleep(for: .seconds(60))
        }
    }
}
