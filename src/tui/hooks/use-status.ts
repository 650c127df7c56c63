import { useCallback, useEffect, useRef, useState } from 'react';
import type { Services, Status } from '../../app/services.ts';

/** Loads the status of data sets, models and storage, again on each `refreshStatus`. Outdated answers are ignored. */
export function useStatus(services: Services): {
  status: Status | null;
  statusError: unknown;
  refreshStatus: () => void;
} {
  const [answer, setAnswer] = useState<{ status: Status | null; statusError: unknown }>({
    status: null,
    statusError: null,
  });
  const lastRequest = useRef(0);
  const refreshStatus = useCallback(() => {
    const request = ++lastRequest.current;
    services.status().then(
      (status) => {
        if (request === lastRequest.current) setAnswer({ status, statusError: null });
      },
      (statusError: unknown) => {
        if (request === lastRequest.current) setAnswer({ status: null, statusError });
      },
    );
  }, [services]);
  useEffect(refreshStatus, [refreshStatus]);
  return { ...answer, refreshStatus };
}
