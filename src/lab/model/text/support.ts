/** Support desk notes: short paragraphs, full sentences, no decimals, so that a full stop always ends a sentence. */
export const supportText = `
Thank you for writing to us about the parcel that did not arrive. The tracking page shows that the driver tried to deliver it on Tuesday morning and found nobody at home. We have asked the depot to try again tomorrow between nine and noon. If that window does not suit you, reply to this message and we will hold the parcel at the counter for a week.

The customer wrote that the invoice shows two charges for the same order. The first charge was an authorisation and it will disappear from the statement within five days. The second charge is the real one and it matches the amount on the receipt. We have explained this in plain words and closed the ticket with a note for the billing team.

Your refund was approved this morning and it is on its way to the card you paid with. Banks usually need three to five working days before the money is visible. Please keep the order number at hand if you need to ask your bank about it. We are sorry for the trouble and have added a small credit to your account.

The user cannot sign in because the account was locked after several wrong passwords. We sent a link that unlocks the account and lets the user choose a new password. The link is valid for one hour and works only once. If the link has expired, the support desk can send a new one at any time.

The printer in the second office prints blank pages after the update. The driver was replaced last night and the old settings were lost. Please open the settings page, choose the tray by name and print a test page. If the page is still blank, leave the printer switched on and we will look at it from here.

A customer asked whether the warranty covers water damage. It does not cover damage from liquids, but it covers a fault in the seal for two years. We asked for two photographs of the seal so that the workshop can decide. The workshop answers within one working day and the repair takes about a week.

The order can still be changed because it has not left the warehouse. Tell us the new size and the new address and we will update the order before the evening run. There is no charge for the first change. After the parcel has left, the quickest way is to return it and order again.

The subscription renews on the first day of the month unless it is cancelled before. We cancelled it at your request and no further amount will be taken. You can keep using the service until the end of the period that was already paid. Your data stays available for ninety days after that.
`
