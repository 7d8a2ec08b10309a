import { computed } from 'vue'
import { divisions } from '@/state/places'
import { seats } from '@/state/session'

/** The catalogue is the city's to change: units where this account is its manager. */
export const cities = computed(() =>
  seats.value
    .filter((seat) => seat.role === 'manager' && divisions.value.get(seat.unit)?.level === 'city')
    .map((seat) => seat.unit),
)
