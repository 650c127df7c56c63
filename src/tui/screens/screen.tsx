import type { ReactNode } from 'react';
import type { Route } from '../routes.ts';
import { CleanScreen } from './clean-screen.tsx';
import { ConfusionsScreen } from './confusions-screen.tsx';
import { DrawScreen } from './draw-screen.tsx';
import { EvaluateScreen } from './evaluate-screen.tsx';
import { FetchScreen } from './fetch-screen.tsx';
import { HelpScreen } from './help-screen.tsx';
import { HomeScreen } from './home-screen.tsx';
import { ImagesScreen } from './images-screen.tsx';
import { KeysScreen } from './keys-screen.tsx';
import { LearnScreen } from './learn-screen.tsx';
import { MistakesScreen } from './mistakes-screen.tsx';
import { ModelsScreen } from './models-screen.tsx';
import { OwnDataScreen } from './own-data-screen.tsx';
import { TrainScreen } from './train-screen.tsx';

/** The screen of a route. */
export function Screen({ route }: { route: Route }): ReactNode {
  switch (route.screen) {
    case 'home':
      return <HomeScreen />;
    case 'fetch':
      return <FetchScreen route={route} />;
    case 'ownData':
      return <OwnDataScreen route={route} />;
    case 'images':
      return <ImagesScreen route={route} />;
    case 'train':
      return <TrainScreen route={route} />;
    case 'draw':
      return <DrawScreen route={route} />;
    case 'learn':
      return <LearnScreen />;
    case 'evaluate':
      return <EvaluateScreen route={route} />;
    case 'confusions':
      return <ConfusionsScreen route={route} />;
    case 'mistakes':
      return <MistakesScreen route={route} />;
    case 'models':
      return <ModelsScreen route={route} />;
    case 'clean':
      return <CleanScreen />;
    case 'keys':
      return <KeysScreen route={route} />;
    case 'help':
      return <HelpScreen />;
  }
}
