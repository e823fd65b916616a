import ZaichikProtocol

// Traced messages, of which most topics have none.
extension TopicState {
    private mutating func beginTraces() -> TracedMessages {
        let messages = traced ?? TracedMessages(budget: budget)
        traced = messages
        return messages
    }

    /// Notes the traced messages of a run that was appended just now, and the queues that have them.
    @inline(never)
    mutating func noteTraced(_ run: PublishRun, _ result: PublishResult) -> [TracedPublish] {
        let messages = beginTraces()
        var (found, offset, index, sequence): ([TracedPublish], Int, Int, UInt64) = ([], 0, 0, result.firstSequence)
        var duplicates = result.duplicates[...]
        while offset < run.frames.count {
            let frame = UnsafeRawBufferPointer(rebasing: run.frames[offset...])
            let length = FrameScan.frameLength(frame)
            if let duplicate = duplicates.first, duplicate.index == index {
                duplicates.removeFirst()
            } else {
                if FrameScan.isTraced(frame) {
                    messages.add(sequence)
                    found.append(tracedPublish(sequence, run.publisher, bytes: length))
                }
                sequence += 1
            }
            offset += length
            index += 1
        }
        return found
    }

    private func tracedPublish(_ sequence: UInt64, _ publisher: Publisher, bytes: Int) -> TracedPublish {
        var publish = TracedPublish(sequence: sequence, publisher: publisher, bytes: bytes, count: holds.count)
        var place = 0
        while publish.queues.count < TracedPublish.mostQueues {
            let isLast = holds.visit(place..<place + TracedPublish.mostQueues) { held in
                guard publish.queues.count < TracedPublish.mostQueues else { return }
                let ahead = held.needed <= sequence ? sequence - held.needed + 1 : 1
                publish.queues.append(TracedPublish.Queue(reader: held.waiter.reader, place: ahead))
            }
            if isLast { break }
            place += TracedPublish.mostQueues
        }
        return publish
    }

    /// Notes that a traced message is kept aside.
    @inline(never)
    mutating func noteTracedAside() { beginTraces().delayed += 1 }

    /// Whether traced messages are among some that were kept aside.
    mutating func tracedAside(_ frames: UnsafeRawBufferPointer) -> Bool {
        guard let traced, traced.delayed > 0 else { return false }
        var (offset, count) = (0, 0)
        while offset < frames.count {
            let frame = UnsafeRawBufferPointer(rebasing: frames[offset...])
            if FrameScan.isTraced(frame) { count += 1 }
            offset += FrameScan.frameLength(frame)
        }
        traced.delayed -= count
        return count > 0
    }

    /// Tells that the message before a position is not for a queue.
    @inline(never)
    func traceWithheld(
        _ reason: String, _ position: LogPosition, _ topic: Topic, _ output: inout [QueueOutput]
    ) {
        let sequence = position.sequence - 1
        if traced?.has(sequence) == true { output.append(.withheld(reason: reason, topic, sequence: sequence)) }
    }

    /// Tells that a queue has passed over messages of its own client.
    @inline(never)
    func traceEcho(from first: UInt64, to next: LogPosition, _ topic: Topic, _ output: inout [QueueOutput]) {
        guard first < next.sequence else { return }
        for sequence in traced(within: first...next.sequence - 1) {
            output.append(.withheld(reason: "echo", topic, sequence: sequence))
        }
    }

    /// The traced messages of a range.
    func traced(within range: ClosedRange<UInt64>) -> [UInt64] { traced?.within(range) ?? [] }
}

extension Segment {
    /// The traced messages among some whole frames.
    func tracedSequences(in offsets: Range<Int>) -> [UInt64] {
        var (offset, found): (Int, [UInt64]) = (offsets.lowerBound, [])
        while offset < offsets.upperBound {
            if isTraced(at: offset) { found.append(sequence(at: offset)) }
            offset += frameLength(at: offset)
        }
        return found
    }
}
