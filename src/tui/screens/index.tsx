import type { ReactNode } from 'react';
import type { Route } from '../routes.ts';
import { CleanScreen } from './clean.tsx';
import { DrawScreen } from './draw.tsx';
import { EvaluateScreen } from './evaluate.tsx';
import { FetchScreen } from './fetch.tsx';
import { HelpScreen } from './help.tsx';
import { HomeScreen } from './home.tsx';
import { ModelsScreen } from './models.tsx';
import { TrainScreen } from './train.tsx';

/** The screen of a route. */
export function Screen({ route }: { route: Route }): ReactNode {
  switch (route.screen) {
    case 'home':
      return <HomeScreen />;
    case 'fetch':
      return <FetchScreen route={route} />;
    case 'train':
      return <TrainScreen route={route} />;
    case 'draw':
      return <DrawScreen route={route} />;
    case 'evaluate':
      return <EvaluateScreen route={route} />;
    case 'models':
      return <ModelsScreen />;
    case 'clean':
      return <CleanScreen />;
    case 'help':
      return <HelpScreen />;
  }
}
