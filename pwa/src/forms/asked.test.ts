import { mount } from '@vue/test-utils'
import { nextTick } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { officeTexts } from '@/texts'
import VoiceField from './attachments/VoiceField.vue'
import PlaceField from './PlaceField.vue'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('the place, asked of the phone', () => {
  const on = (geolocation: object | undefined) => {
    vi.stubGlobal('navigator', geolocation ? { geolocation } : {})
    return mount(PlaceField, { props: { modelValue: undefined } })
  }
  const taken = (field: ReturnType<typeof on>) => field.emitted('update:modelValue')

  it('is not asked before she taps, and a phone that refuses or has none says so and stores nothing', async () => {
    await officeTexts()
    const asked = vi.fn((_: unknown, no: (error: object) => void) => no({ code: 1, PERMISSION_DENIED: 1 }))
    const refused = on({ getCurrentPosition: asked })
    expect(asked).not.toHaveBeenCalled()
    await refused.find('button').trigger('click')
    expect(refused.text()).toContain('不记也可以保存')
    expect(taken(refused)).toBeUndefined()
    expect(refused.find('button').attributes('disabled')).toBeUndefined()
    const none = on(undefined)
    await none.find('button').trigger('click')
    expect(none.text()).toContain('这部手机不能定位')
    expect(taken(none)).toBeUndefined()
  })

  it('may be asked again where the phone says nothing at all, and is taken when it comes late', async () => {
    await officeTexts()
    vi.useFakeTimers()
    let late: ((at: object) => void) | undefined
    const field = on({ getCurrentPosition: (yes: (at: object) => void) => (late = yes) })
    await field.find('button').trigger('click')
    expect(field.find('button').attributes('disabled')).toBeDefined()
    vi.advanceTimersByTime(60_000)
    await nextTick()
    expect(field.find('button').attributes('disabled')).toBeUndefined()
    expect(field.text()).toContain('没有定到位置')
    late!({ coords: { latitude: 24.0123456, longitude: 99.3, accuracy: 11.2 } })
    expect(taken(field)).toEqual([[{ lat: 24012346, lon: 99300000, accuracy: 12 }]])
  })
})

describe('a voice note', () => {
  const field = () => mount(VoiceField, { props: { ids: [], most: 1 } })
  const tapped = async (one: ReturnType<typeof field>) => {
    await one.find('[data-test=record]').trigger('click')
    await nextTick()
    await nextTick()
  }

  it('is said not to be had where the browser has no recorder, or none that works', async () => {
    await officeTexts()
    vi.stubGlobal('MediaRecorder', undefined)
    const none = field()
    await tapped(none)
    expect(none.emitted('wrong')).toEqual([['这个浏览器不能录音，请打字说明。']])

    const track = { stop: vi.fn() }
    class Broken {
      static isTypeSupported = () => true
      constructor() {
        throw new Error('NotSupportedError')
      }
    }
    vi.stubGlobal('MediaRecorder', Broken)
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => ({ getTracks: () => [track] }) } })
    const broken = field()
    await tapped(broken)
    await vi.waitFor(() => expect(broken.emitted('wrong')).toEqual([['这个浏览器不能录音，请打字说明。']]))
    expect(track.stop).toHaveBeenCalled()
  })

  it('is not recorded behind her back: who left the form while the phone still asked is not listened to', async () => {
    await officeTexts()
    const track = { stop: vi.fn() }
    const made = vi.fn()
    class Recorder {
      static isTypeSupported = () => true
      constructor() {
        made()
      }
    }
    let allow: ((stream: object) => void) | undefined
    vi.stubGlobal('MediaRecorder', Recorder)
    vi.stubGlobal('navigator', {
      mediaDevices: { getUserMedia: () => new Promise((yes) => (allow = yes)) },
    })
    const left = field()
    await tapped(left)
    left.unmount()
    allow!({ getTracks: () => [track] })
    await vi.waitFor(() => expect(track.stop).toHaveBeenCalled())
    expect(made).not.toHaveBeenCalled()
  })
})
