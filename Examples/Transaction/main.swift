// Read, process, write: an order is committed and its parcel is published in one step, or neither is.

import ExampleSupport
import ZaichikClient
import ZaichikProtocol

try await withBroker { address in
    let shop = try await ZaichikClient.connect(to: address, configuration: ClientConfiguration(name: "shop"))
    for hare in ["a brown hare", "a white hare"] { try await shop.publish(hare, to: "example.orders") }
    try await shop.subscribe(to: "example.parcels")

    var configuration = ClientConfiguration(name: "packer")
    configuration.session = SessionOptions("example.packing")
    let packer = try await ZaichikClient.connect(to: address, configuration: configuration)
    try await packer.subscribe(to: "example.orders", from: .earliest)
    for try await order in packer.deliveries {
        let packed = try await packer.transaction { transaction in
            transaction.commit(order)
            try transaction.publish("\(order.text), packed", to: "example.parcels")
        }
        print("order \(order.sequence) is done, and parcel \(packed[0].sequence) is out")
        if order.sequence == 2 { break }
    }

    var parcels = shop.deliveries.makeAsyncIterator()
    for _ in 1...2 {
        if let parcel = try await parcels.next() { print("parcel \(parcel.sequence): \(parcel.text)") }
    }
    await packer.close()
    await shop.close()
}

// Prints:
// order 1 is done, and parcel 1 is out
// order 2 is done, and parcel 2 is out
// parcel 1: a brown hare, packed
// parcel 2: a white hare, packed
