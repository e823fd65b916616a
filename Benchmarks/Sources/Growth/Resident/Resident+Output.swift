import NIOCore
import ZaichikProtocol

extension ResidentScene {
    /// Data that the broker has for clients that do not read.
    static let output = [
        ResidentScene(name: "unread-lists-500") { stage, load in
            try stage.createTopics(20_000) { String(repeating: "n", count: 200) + "\($0)" }
            let offenders = try stage.connect(stage.isQuick ? 200 : 500)
            load.add(offenders)
            var requests = ByteBuffer()
            for request in 1...64 as ClosedRange<UInt32> {
                ClientFrame.listTopics(request: request, query: TopicQuery(limit: .max)).write(to: &requests)
            }
            for offender in offenders { try? offender.send(requests, reads: false) }
            Monotonic.sleep(milliseconds: 5000)
            return "\(offenders.count) × 64 lists"
        },
        ResidentScene(name: "unread-watches-500") { stage, load in
            try stage.createTopics(20_000) { String(repeating: "n", count: 200) + "\($0)" }
            let offenders = try stage.connect(stage.isQuick ? 200 : 500)
            load.add(offenders)
            let watch = WatchRequest(interval: WatchRequest.shortestInterval, topics: TopicQuery(limit: .max))
            for offender in offenders {
                for request in 1...16 as ClosedRange<UInt32> { try? offender.send(.watch(request: request, watch)) }
            }
            Monotonic.sleep(milliseconds: 5000)
            return "\(offenders.count) × 16 watches"
        },
        ResidentScene(name: "silent-readers-300", memoryLimit: 64 << 20) { stage, load in
            let publisher = try Offender(stage)
            let id = try publisher.topic("backlog")
            let batch = FrameBatch(topicID: id, count: 500, payload: 1000)
            // They come one after the other, so that their unread messages are different ones.
            let readers = try load.connect(300, stage, window: 1 << 20) { reader, _ in
                try reader.ask { .subscribe(request: $1, pattern: "backlog", from: .new) }
                try publisher.publish(batch, times: stage.isQuick ? 6 : 12)
                try publisher.awaitConfirms()
            }
            return
                "\(readers) readers, \(FigureText.count(publisher.published)) messages, \(publisher.count(.reject)) refused"
        },
    ]
}
