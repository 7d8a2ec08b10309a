import { ref } from 'vue'

/** What the units are compared by (`i:` a figure, `c:` a campaign; '' the page's own choice), the same on the way down and back. */
export const picked = ref('')

/** Whether the units below those right below are looked at. */
export const deep = ref(false)

/** How the units below are shown, where there is a map of them. */
export const laid = ref<'map' | 'tiles'>('map')
