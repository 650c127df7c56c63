import { useCallback, useEffect, useRef, useState } from 'react';
import type { Services, Status } from '../../app/services.ts';

/** What is there, found out anew whenever it is asked for; the newest answer counts. */
export function useStatus(services: Services): {
  status: Status | null;
  statusError: unknown;
  refreshStatus: () => void;
} {
  const [answer, setAnswer] = useState<{ status: Status | null; statusError: unknown }>({
    status: null,
    statusError: null,
  });
  const asked = useRef(0);
  const refreshStatus = useCallback(() => {
    const number = ++asked.current;
    services.status().then(
      (status) => {
        if (number === asked.current) setAnswer({ status, statusError: null });
      },
      (statusError: unknown) => {
        if (number === asked.current) setAnswer({ status: null, statusError });
      },
    );
  }, [services]);
  useEffect(refreshStatus, [refreshStatus]);
  return { ...answer, refreshStatus };
}
