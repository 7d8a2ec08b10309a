import { router } from '@/router'
import { hasRole } from '@/state/session'

/** The page on which she works for a campaign: her own, or the desk's where she runs some. */
export function campaignPath(id: string): string | undefined {
  if (!id) return undefined
  const pages = router.getRoutes().map((one) => one.path)
  const leads = hasRole('manager') && !hasRole('volunteer')
  const ways = leads ? ['/campaigns/:id', '/campaign/:id'] : ['/campaign/:id', '/campaigns/:id']
  return ways.find((one) => pages.includes(one))?.replace(':id', id)
}
