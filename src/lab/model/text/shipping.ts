/** Notes from a port and a warehouse. */
export const shippingText = `
The vessel left the harbour two hours late because of fog and it will make up the time on the open sea. Forty containers are on board for the northern terminal. Six of them hold medicine and must stay below eight degrees. The crew reads the temperature every hour and writes it in the log.

The container was moved from the ship to the train without being opened. Its seal number matches the papers and the weight is within the limit. Customs released it in the afternoon. The train reaches the inland depot before dawn and the trucks are booked for six.

The warehouse counted the pallets twice because the first count did not match the delivery note. Two pallets stood in the wrong aisle behind the tall shelves. They were scanned again and the stock is correct now. The supplier has been told to print larger labels.

The carrier offers three services for this route. The slow one goes by sea and takes about five weeks. The fast one goes by air and costs six times as much. Most customers choose the train, which is cheaper than the plane and quicker than the ship.

A storm closed the canal for a day and a half, and eleven ships waited at the entrance. The pilots took the smallest ships first because the wind was still strong. The delay moves every arrival of this week by one day. The planners have told the depots and changed the bookings.

The driver reported a flat tyre on the coast road and waited for the service van. The load is not urgent and nothing was damaged. The new arrival time is half past four. The gate will stay open for an hour longer tonight.

The return goods are checked, cleaned and put back on the shelf within two days. Damaged goods go to the workshop and are sold as second choice. About one parcel in twelve comes back. Clear pictures and honest sizes have brought that number down since the spring.
`
