import { onStorage } from '../../../servers.ts'
import { anyHistory } from './any-history.ts'

onStorage('sqlite', anyHistory)
