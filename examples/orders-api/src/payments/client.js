// The outside payment provider. test/payments.openapi.yml is what we rely on of its interface.

/**
 * @typedef {{outcome: 'charged', reference: string} | {outcome: 'declined', reason: string} | {outcome: 'unavailable', status: number}} Charge
 */

/** @param {string} baseUrl */
export function paymentClient(baseUrl) {
  return {
    /**
     * @param {{orderReference: string, amountCents: number, cardToken: string}} payment
     * @returns {Promise<Charge>}
     */
    async charge({ orderReference, amountCents, cardToken }) {
      const response = await fetch(new URL('/charges', baseUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ orderReference, amountCents, currency: 'EUR', cardToken }),
      });
      if (response.status === 402) {
        const { reason } = await response.json();
        return { outcome: 'declined', reason };
      }
      if (!response.ok) {
        await response.body?.cancel();
        return { outcome: 'unavailable', status: response.status };
      }
      const { id } = await response.json();
      return { outcome: 'charged', reference: id };
    },
  };
}
